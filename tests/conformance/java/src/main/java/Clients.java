import java.net.URI;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The clients that all cases use; they never send twice. */
final class Clients implements AutoCloseable {
  final SqsClient sqs;
  final SqsAsyncClient sqsAsync;
  final SnsClient sns;

  Clients(String endpoint) {
    sqs = with(endpoint, "test", World.REGION, SqsClient.builder()).build();
    sqsAsync = with(endpoint, "test", World.REGION, SqsAsyncClient.builder()).build();
    sns = with(endpoint, "test", World.REGION, SnsClient.builder()).build();
  }

  static <B extends AwsClientBuilder<B, C>, C> B with(
      String endpoint, String account, String region, B builder, ExecutionInterceptor... watching) {
    return builder.endpointOverride(URI.create(endpoint))
        .region(Region.of(region))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(account, "secret")))
        .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry())
            .executionInterceptors(List.of(watching)));
  }

  @Override
  public void close() {
    sqs.close();
    sqsAsync.close();
    sns.close();
  }
}
