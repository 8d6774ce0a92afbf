import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;

/** What one case works on: the clients, and verbs. Whatever goes wrong is thrown and ends the case. */
final class World {
  static final String ACCOUNT = "000000000000";
  static final String REGION = "eu-central-1";
  static final Duration PATIENCE = Duration.ofSeconds(60); // for anything that is expected to come

  final SqsClient sqs;
  final SqsAsyncClient sqsAsync;
  final SnsClient sns;
  final String name; // of the case, and the start of the names of all that it makes
  private int made = 0;

  World(Clients clients, String name) {
    sqs = clients.sqs;
    sqsAsync = clients.sqsAsync;
    sns = clients.sns;
    this.name = name;
  }

  String newName() {
    return name + "-" + ++made;
  }

  /** Answers the URL of a new queue. */
  String queue() {
    return queue(Map.of());
  }

  String queue(Map<QueueAttributeName, String> settings) {
    String queueName = newName() + ("true".equals(settings.get(QueueAttributeName.FIFO_QUEUE)) ? ".fifo" : "");
    return sqs.createQueue(r -> r.queueName(queueName).attributes(settings)).queueUrl();
  }

  String queueAttribute(String url, QueueAttributeName attribute) {
    return sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(attribute)).attributes().get(attribute);
  }

  String queueArn(String url) {
    return queueAttribute(url, QueueAttributeName.QUEUE_ARN);
  }

  SendMessageResponse send(String url, String body) {
    return sqs.sendMessage(r -> r.queueUrl(url).messageBody(body));
  }

  /** Answers `count` messages, as they come in one receive after another, with all their attributes. */
  List<Message> receive(String url, int count) {
    List<Message> got = new ArrayList<>();
    Instant deadline = Instant.now().plus(PATIENCE);
    while (got.size() < count) {
      Check.that(Instant.now().isBefore(deadline), got.size() + " of " + count + " messages came in time");
      got.addAll(sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(5)
          .messageAttributeNames("All").messageSystemAttributeNames(MessageSystemAttributeName.ALL)).messages());
    }
    Check.equal("the number of messages", got.size(), count);
    return got;
  }

  Message receiveOne(String url) {
    return receive(url, 1).get(0);
  }

  /** Asks without waiting. */
  void receiveNothing(String url) {
    Check.equal("what came", bodies(sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(10)).messages()),
        List.of());
  }

  /** Makes a message visible again. */
  void giveBack(String url, Message message) {
    sqs.changeMessageVisibility(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()).visibilityTimeout(0));
  }

  void delete(String url, Message message) {
    sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()));
  }

  /** For queues that promise no order. */
  static List<String> sortedBodies(List<Message> messages) {
    return messages.stream().map(Message::body).sorted().toList();
  }

  static List<String> bodies(List<Message> messages) {
    return messages.stream().map(Message::body).toList();
  }
}
