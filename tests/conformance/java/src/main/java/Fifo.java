import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.MESSAGE_DEDUPLICATION_ID;
import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.MESSAGE_GROUP_ID;
import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.SEQUENCE_NUMBER;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** FIFO queues. */
final class Fifo {
  static final List<Main.Case> CASES = List.of(
      new Main.Case("fifo-groups", Fifo::groups),
      new Main.Case("fifo-deduplication", Fifo::deduplication),
      new Main.Case("fifo-content-deduplication", Fifo::contentDeduplication),
      new Main.Case("fifo-receive-again", Fifo::receiveAgain),
      new Main.Case("fifo-without-group", Fifo::withoutGroup));

  private Fifo() {}

  static String queue(World w, boolean byContent) {
    return w.queue(Map.of(QueueAttributeName.FIFO_QUEUE, "true", QueueAttributeName.CONTENT_BASED_DEDUPLICATION,
        Boolean.toString(byContent)));
  }

  private static SendMessageResponse send(World w, String url, String group, String body) {
    return w.sqs.sendMessage(r -> r.queueUrl(url).messageBody(body).messageGroupId(group));
  }

  private static void groups(World w) {
    String url = queue(w, true);
    String first = send(w, url, "a", "a1").sequenceNumber();
    Check.that(send(w, url, "a", "a2").sequenceNumber().compareTo(first) > 0, "sequence numbers do not grow");
    List<Message> got = w.receive(url, 2);
    Check.equal("the group's messages", World.bodies(got), List.of("a1", "a2"));
    Check.attributes(got.get(0).attributes(), Map.of(MESSAGE_GROUP_ID, "a", SEQUENCE_NUMBER, first));
    send(w, url, "a", "a3");
    send(w, url, "b", "b1");
    Check.equal("what is not held up", World.bodies(w.receive(url, 1)), List.of("b1"));
    got.forEach(message -> w.delete(url, message));
    Check.equal("what follows", World.bodies(w.receive(url, 1)), List.of("a3"));
  }

  private static SendMessageResponse sendOnce(World w, String url, String body) {
    return w.sqs.sendMessage(
        r -> r.queueUrl(url).messageBody(body).messageGroupId("g").messageDeduplicationId("once"));
  }

  private static void deduplication(World w) {
    String url = queue(w, false);
    SendMessageResponse first = sendOnce(w, url, "first");
    SendMessageResponse second = sendOnce(w, url, "second");
    Check.equal("the id of the second", second.messageId(), first.messageId());
    Check.equal("its sequence number", second.sequenceNumber(), first.sequenceNumber());
    Message got = w.receiveOne(url);
    Check.equal("what comes", got.body(), "first");
    Check.equal("its deduplication id", got.attributes().get(MESSAGE_DEDUPLICATION_ID), "once");
    w.delete(url, got);
    w.receiveNothing(url);
  }

  private static void contentDeduplication(World w) {
    String url = queue(w, true);
    send(w, url, "g", "same");
    send(w, url, "h", "same");
    send(w, url, "g", "other");
    Check.equal("what comes", World.bodies(w.receive(url, 2)), List.of("same", "other"));
  }

  private static String attempt(World w, String url) {
    List<Message> got =
        w.sqs.receiveMessage(r -> r.queueUrl(url).waitTimeSeconds(5).receiveRequestAttemptId("attempt")).messages();
    Check.equal("how many came", got.size(), 1);
    return got.get(0).messageId();
  }

  private static void receiveAgain(World w) {
    String url = queue(w, true);
    String sent = send(w, url, "g", "x").messageId();
    Check.equal("the id", attempt(w, url), sent);
    Check.equal("the id of what came again", attempt(w, url), sent);
  }

  private static void withoutGroup(World w) {
    String byContent = queue(w, true);
    Check.refused(SqsException.class, "MissingParameter", 400, () -> w.send(byContent, "x"));
    String url = queue(w, false);
    Check.refused(SqsException.class, "InvalidParameterValue", 400, () -> send(w, url, "g", "x"));
  }
}
