import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT;
import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.DEAD_LETTER_QUEUE_SOURCE_ARN;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResultEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** Dead letters, and the way back. */
final class Redrive {
  private static final String NO_QUEUE_ARN = "arn:aws:sqs:" + World.REGION + ":" + World.ACCOUNT + ":never-made";

  static final List<Main.Case> CASES = List.of(
      new Main.Case("redrive-dead-letter", Redrive::deadLetter),
      new Main.Case("redrive-sources-in-pages", Redrive::sourcesInPages),
      new Main.Case("redrive-bad-policy", Redrive::badPolicy),
      new Main.Case("redrive-move-task", Redrive::moveTask),
      new Main.Case("redrive-move-from-no-queue", Redrive::moveFromNoQueue));

  private Redrive() {}

  /** Settings of a queue whose messages become dead letters after one attempt. */
  private static Map<QueueAttributeName, String> into(String arn) {
    return Map.of(QueueAttributeName.REDRIVE_POLICY,
        "{\"deadLetterTargetArn\":\"" + arn + "\",\"maxReceiveCount\":\"1\"}");
  }

  /** Sends a message, has its one attempt end, and answers its id. */
  private static String fail(World w, String url) {
    String id = w.send(url, "poison").messageId();
    w.giveBack(url, w.receiveOne(url));
    return id;
  }

  private static void deadLetter(World w) {
    String dead = w.queue();
    String url = w.queue(into(w.queueArn(dead)));
    String id = fail(w, url);
    Message got = w.receiveOne(dead);
    Check.equal("the body", got.body(), "poison");
    Check.equal("the id", got.messageId(), id);
    Check.attributes(got.attributes(),
        Map.of(APPROXIMATE_RECEIVE_COUNT, "2", DEAD_LETTER_QUEUE_SOURCE_ARN, w.queueArn(url)));
    w.receiveNothing(url);
  }

  private static void sourcesInPages(World w) {
    String dead = w.queue();
    Map<QueueAttributeName, String> settings = into(w.queueArn(dead));
    List<String> made = Stream.generate(() -> w.queue(settings)).limit(3).toList();
    Check.equal("the sources", w.sqs.listDeadLetterSourceQueuesPaginator(r -> r.queueUrl(dead).maxResults(2))
        .queueUrls().stream().sorted().toList(), made);
  }

  private static void badPolicy(World w) {
    String url = w.queue();
    Check.refused(SqsException.class, "InvalidParameterValue", 400,
        () -> w.sqs.setQueueAttributes(r -> r.queueUrl(url).attributes(into(NO_QUEUE_ARN))));
  }

  private static void moveTask(World w) {
    String dead = w.queue();
    String source = w.queueArn(dead);
    String url = w.queue(into(source));
    fail(w, url);
    Check.that(!w.sqs.startMessageMoveTask(r -> r.sourceArn(source)).taskHandle().isEmpty(), "the task has no handle");
    Check.equal("what came back", World.bodies(w.receive(url, 1)), List.of("poison"));
    Instant deadline = Instant.now().plus(World.PATIENCE);
    ListMessageMoveTasksResultEntry task;
    do {
      Check.that(Instant.now().isBefore(deadline), "the task did not end in time");
      task = w.sqs.listMessageMoveTasks(r -> r.sourceArn(source)).results().get(0);
    } while (!task.status().equals("COMPLETED"));
    Check.equal("what it moved", task.approximateNumberOfMessagesMoved(), 1L);
    Check.equal("its source", task.sourceArn(), source);
    w.receiveNothing(dead);
  }

  private static void moveFromNoQueue(World w) {
    Check.refused(ResourceNotFoundException.class, "ResourceNotFoundException", 404,
        () -> w.sqs.startMessageMoveTask(r -> r.sourceArn(NO_QUEUE_ARN)));
  }
}
