import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
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
    sqs = with(endpoint, SqsClient.builder()).build();
    sqsAsync = with(endpoint, SqsAsyncClient.builder()).build();
    sns = with(endpoint, SnsClient.builder()).build();
  }

  private static <B extends AwsClientBuilder<B, C>, C> B with(String endpoint, B builder) {
    return builder.endpointOverride(URI.create(endpoint))
        .region(Region.of(World.REGION))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "secret")))
        .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  @Override
  public void close() {
    sqs.close();
    sqsAsync.close();
    sns.close();
  }
}
