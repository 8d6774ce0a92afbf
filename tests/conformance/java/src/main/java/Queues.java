import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.DELAY_SECONDS;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.MAXIMUM_MESSAGE_SIZE;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.MESSAGE_RETENTION_PERIOD;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.POLICY;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.QUEUE_ARN;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.VISIBILITY_TIMEOUT;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sqs.model.CreateQueueResponse;
import software.amazon.awssdk.services.sqs.model.InvalidAttributeValueException;
import software.amazon.awssdk.services.sqs.model.ListQueuesResponse;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** Queues and their settings. */
final class Queues {
  static final String NO_SUCH_QUEUE = "AWS.SimpleQueueService.NonExistentQueue";

  static final List<Main.Case> CASES = List.of(
      new Main.Case("queue-create-again", Queues::createAgain),
      new Main.Case("queue-url", Queues::url),
      new Main.Case("queue-missing", Queues::missing),
      new Main.Case("queue-bad-attribute", Queues::badAttribute),
      new Main.Case("queue-attributes", Queues::attributes),
      new Main.Case("queue-list-in-pages", Queues::listInPages),
      new Main.Case("queue-tags", Queues::tags),
      new Main.Case("queue-permissions", Queues::permissions),
      new Main.Case("queue-delete", Queues::delete));

  private Queues() {}

  private static CreateQueueResponse create(World w, String name, String timeout) {
    return w.sqs.createQueue(r -> r.queueName(name).attributes(Map.of(VISIBILITY_TIMEOUT, timeout)));
  }

  private static void createAgain(World w) {
    String name = w.newName();
    String first = create(w, name, "31").queueUrl();
    Check.equal("the second URL", create(w, name, "31").queueUrl(), first);
    Check.refused(QueueNameExistsException.class, "QueueAlreadyExists", 400, () -> create(w, name, "32"));
  }

  private static void url(World w) {
    String url = w.queue();
    String name = url.substring(url.lastIndexOf('/') + 1);
    Check.equal("the URL", w.sqs.getQueueUrl(r -> r.queueName(name)).queueUrl(), url);
    Check.equal("its path", URI.create(url).getPath(), "/" + World.ACCOUNT + "/" + name);
  }

  private static void missing(World w) {
    Check.refused(QueueDoesNotExistException.class, NO_SUCH_QUEUE, 400,
        () -> w.sqs.getQueueUrl(r -> r.queueName("never-made")));
  }

  private static void badAttribute(World w) {
    Check.refused(InvalidAttributeValueException.class, "InvalidAttributeValue", 400,
        () -> create(w, w.newName(), "43201"));
    Check.refused(SqsException.class, "InvalidParameterValue", 400, () -> create(w, "not a name", "30"));
  }

  private static void attributes(World w) {
    String url = w.queue(Map.of(DELAY_SECONDS, "7"));
    w.sqs.setQueueAttributes(
        r -> r.queueUrl(url).attributes(Map.of(MESSAGE_RETENTION_PERIOD, "3600", MAXIMUM_MESSAGE_SIZE, "2048")));
    Check.attributes(w.sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.ALL)).attributes(),
        Map.of(DELAY_SECONDS, "7", MESSAGE_RETENTION_PERIOD, "3600", MAXIMUM_MESSAGE_SIZE, "2048",
            VISIBILITY_TIMEOUT, "30", APPROXIMATE_NUMBER_OF_MESSAGES, "0", QUEUE_ARN, w.queueArn(url)));
  }

  private static void listInPages(World w) {
    List<String> made = Stream.generate(w::queue).limit(5).toList();
    List<ListQueuesResponse> pages =
        w.sqs.listQueuesPaginator(r -> r.queueNamePrefix(w.name).maxResults(2)).stream().toList();
    Check.equal("the queues", pages.stream().flatMap(page -> page.queueUrls().stream()).sorted().toList(), made);
    Check.equal("the number of pages", pages.size(), 3);
  }

  private static void tags(World w) {
    String url = w.queue();
    w.sqs.tagQueue(r -> r.queueUrl(url).tags(Map.of("team", "billing", "empty", "")));
    w.sqs.untagQueue(r -> r.queueUrl(url).tagKeys("empty"));
    Check.equal("the tags", w.sqs.listQueueTags(r -> r.queueUrl(url)).tags(), Map.of("team", "billing"));
  }

  private static void permissions(World w) {
    String url = w.queue();
    w.sqs.addPermission(r -> r.queueUrl(url).label("senders").awsAccountIds("123456789012").actions("SendMessage"));
    String policy = w.queueAttribute(url, POLICY);
    Check.that(policy.contains("senders") && policy.contains("123456789012"), "the policy is " + policy);
    w.sqs.removePermission(r -> r.queueUrl(url).label("senders"));
    String left = w.queueAttribute(url, POLICY);
    Check.that(left == null || !left.contains("senders"), "the policy is " + left);
  }

  private static void delete(World w) {
    String url = w.queue();
    w.send(url, "lost");
    w.sqs.deleteQueue(r -> r.queueUrl(url));
    Check.refused(QueueDoesNotExistException.class, NO_SUCH_QUEUE, 400, () -> w.send(url, "too late"));
  }
}
