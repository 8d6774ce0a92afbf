import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE;

import java.util.List;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** What is done with a message that was received, and with all of them. */
final class Settling {
  static final List<Main.Case> CASES = List.of(
      new Main.Case("message-visibility", Settling::visibility),
      new Main.Case("message-visibility-batch", Settling::visibilityBatch),
      new Main.Case("message-visibility-too-late", Settling::visibilityTooLate),
      new Main.Case("message-bad-receipt", Settling::badReceipt),
      new Main.Case("message-delete", Settling::delete),
      new Main.Case("message-delete-batch", Settling::deleteBatch),
      new Main.Case("message-purge", Settling::purge));

  private Settling() {}

  private static void visibility(World w) {
    String url = w.queue();
    w.send(url, "again");
    Message first = w.receiveOne(url);
    w.receiveNothing(url);
    w.giveBack(url, first);
    Message second = w.receiveOne(url);
    Check.equal("the receive count", second.attributes().get(APPROXIMATE_RECEIVE_COUNT), "2");
    Check.that(!second.receiptHandle().equals(first.receiptHandle()), "the receipt handle is the same");
  }

  private static void visibilityBatch(World w) {
    String url = w.queue();
    w.send(url, "a");
    w.send(url, "b");
    List<Message> messages = w.receive(url, 2);
    ChangeMessageVisibilityBatchResponse got = w.sqs.changeMessageVisibilityBatch(r -> r.queueUrl(url).entries(
        e -> e.id("one").receiptHandle(messages.get(0).receiptHandle()).visibilityTimeout(0),
        e -> e.id("bad").receiptHandle("garbage").visibilityTimeout(0),
        e -> e.id("two").receiptHandle(messages.get(1).receiptHandle()).visibilityTimeout(0)));
    Check.equal("what went well", got.successful().stream().map(e -> e.id()).toList(), List.of("one", "two"));
    Check.equal("what did not", got.failed().stream().map(e -> e.id()).toList(), List.of("bad"));
    Check.equal("the code", got.failed().get(0).code(), "ReceiptHandleIsInvalid");
    w.receive(url, 2);
  }

  private static void visibilityTooLate(World w) {
    String url = w.queue();
    w.send(url, "x");
    Message message = w.receiveOne(url);
    w.delete(url, message);
    Check.refused(SqsException.class, "InvalidParameterValue", 400, () -> w.giveBack(url, message));
  }

  private static void badReceipt(World w) {
    String url = w.queue();
    Check.refused(ReceiptHandleIsInvalidException.class, "ReceiptHandleIsInvalid", 400,
        () -> w.sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle("garbage")));
  }

  private static void delete(World w) {
    String url = w.queue();
    w.send(url, "x");
    Message message = w.receiveOne(url);
    Check.equal("what is in flight", w.queueAttribute(url, APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE), "1");
    w.delete(url, message);
    w.delete(url, message);
    Check.equal("what is in flight then", w.queueAttribute(url, APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE), "0");
    w.receiveNothing(url);
  }

  private static void deleteBatch(World w) {
    String url = w.queue();
    w.send(url, "x");
    String handle = w.receiveOne(url).receiptHandle();
    DeleteMessageBatchResponse got = w.sqs.deleteMessageBatch(r -> r.queueUrl(url).entries(
        e -> e.id("good").receiptHandle(handle), e -> e.id("bad").receiptHandle("garbage")));
    Check.equal("what went well", got.successful().stream().map(e -> e.id()).toList(), List.of("good"));
    Check.equal("what did not", got.failed().stream().map(e -> e.id()).toList(), List.of("bad"));
    Check.equal("the code", got.failed().get(0).code(), "ReceiptHandleIsInvalid");
  }

  private static void purge(World w) {
    String url = w.queue();
    w.send(url, "a");
    w.send(url, "b");
    w.sqs.purgeQueue(r -> r.queueUrl(url));
    w.receiveNothing(url);
    Check.equal("what is left", w.queueAttribute(url, APPROXIMATE_NUMBER_OF_MESSAGES), "0");
  }
}
