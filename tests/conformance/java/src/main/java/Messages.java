import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.APPROXIMATE_FIRST_RECEIVE_TIMESTAMP;
import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT;
import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.SENDER_ID;
import static software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName.SENT_TIMESTAMP;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sqs.model.EmptyBatchRequestException;
import software.amazon.awssdk.services.sqs.model.InvalidBatchEntryIdException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeNameForSends;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;
import software.amazon.awssdk.services.sqs.model.TooManyEntriesInBatchRequestException;

/** Sending and receiving. The SDK itself holds bodies and attributes against their MD5. */
final class Messages {
  static final List<Main.Case> CASES = List.of(
      new Main.Case("message-send-receive", Messages::sendReceive),
      new Main.Case("message-any-text", Messages::anyText),
      new Main.Case("message-attributes", Messages::attributes),
      new Main.Case("message-some-attributes", Messages::someAttributes),
      new Main.Case("message-bad-attribute", Messages::badAttribute),
      new Main.Case("message-delay", Messages::delay),
      new Main.Case("message-long-poll", Messages::longPoll),
      new Main.Case("message-batch-with-bad-entry", Messages::batchWithBadEntry),
      new Main.Case("message-batch-refused", Messages::batchRefused));

  private Messages() {}

  private static MessageAttributeValue text(String type, String value) {
    return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
  }

  private static void sendReceive(World w) {
    String url = w.queue();
    SendMessageResponse sent = w.send(url, "hello");
    Message got = w.receiveOne(url);
    Check.equal("the body", got.body(), "hello");
    Check.equal("the id", got.messageId(), sent.messageId());
    Check.equal("the receive count", got.attributes().get(APPROXIMATE_RECEIVE_COUNT), "1");
    for (MessageSystemAttributeName name : List.of(SENT_TIMESTAMP, APPROXIMATE_FIRST_RECEIVE_TIMESTAMP)) {
      Check.that(Long.parseLong(got.attributes().get(name)) > 1_600_000_000_000L, name + " is in no milliseconds");
    }
    Check.that(!got.attributes().get(SENDER_ID).isEmpty(), "SenderId is empty");
  }

  private static void anyText(World w) {
    String url = w.queue();
    String body = "<&>\"'\t\r\n \u00e9\u20ac\ud83d\ude00 \ufffd";
    w.send(url, body);
    Check.equal("the body", w.receiveOne(url).body(), body);
  }

  private static void attributes(World w) {
    String url = w.queue();
    String trace = "Root=1-5759e988-bd862e3fe1be46a994272793";
    Map<String, MessageAttributeValue> attributes = Map.of(
        "text", text("String", "\u00e9<&>"),
        "price", text("Number.euro", "12345678901234567890.0123456789"),
        "bytes", MessageAttributeValue.builder().dataType("Binary")
            .binaryValue(SdkBytes.fromByteArray(new byte[] {0, -1, 10})).build());
    w.sqs.sendMessage(r -> r.queueUrl(url).messageBody("x").messageAttributes(attributes).messageSystemAttributes(
        Map.of(MessageSystemAttributeNameForSends.AWS_TRACE_HEADER,
            MessageSystemAttributeValue.builder().dataType("String").stringValue(trace).build())));
    Message got = w.receiveOne(url);
    Check.equal("the attributes", got.messageAttributes(), attributes);
    Check.equal("the trace", got.attributes().get(MessageSystemAttributeName.AWS_TRACE_HEADER), trace);
  }

  private static void someAttributes(World w) {
    String url = w.queue();
    w.sqs.sendMessage(r -> r.queueUrl(url).messageBody("x").messageAttributes(
        Map.of("app.id", text("String", "1"), "app.kind", text("String", "2"), "other", text("String", "3"))));
    Message got = w.sqs.receiveMessage(r -> r.queueUrl(url).waitTimeSeconds(5).messageAttributeNames("app.*"))
        .messages().get(0);
    Check.equal("the names", got.messageAttributes().keySet(), Set.of("app.id", "app.kind"));
    Check.equal("the system attributes", got.attributes(), Map.of());
  }

  private static void badAttribute(World w) {
    String url = w.queue();
    Check.refused(SqsException.class, "InvalidParameterValue", 400, () -> w.sqs.sendMessage(
        r -> r.queueUrl(url).messageBody("x").messageAttributes(Map.of("n", text("Number", "many")))));
  }

  private static void delay(World w) {
    String url = w.queue();
    w.sqs.sendMessage(r -> r.queueUrl(url).messageBody("never").delaySeconds(900));
    w.sqs.sendMessage(r -> r.queueUrl(url).messageBody("late").delaySeconds(1));
    Check.equal("what comes", World.bodies(w.receive(url, 1)), List.of("late"));
    Check.equal("what is delayed",
        w.queueAttribute(url, QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED), "1");
  }

  private static void longPoll(World w) {
    String url = w.queue(Map.of(QueueAttributeName.RECEIVE_MESSAGE_WAIT_TIME_SECONDS, "20"));
    CompletableFuture<List<Message>> received =
        CompletableFuture.supplyAsync(() -> w.sqs.receiveMessage(r -> r.queueUrl(url)).messages());
    w.send(url, "waited for");
    Check.equal("what came", World.bodies(received.join()), List.of("waited for"));
  }

  private static SendMessageBatchResponse sendBatch(World w, String url, Stream<String> ids, String badId) {
    return w.sqs.sendMessageBatch(r -> r.queueUrl(url).entries(ids.map(id -> SendMessageBatchRequestEntry.builder()
        .id(id).messageBody(id.equals(badId) ? "\u0001" : id).build()).toList()));
  }

  private static void batchWithBadEntry(World w) {
    String url = w.queue();
    SendMessageBatchResponse got = sendBatch(w, url, Stream.of("good", "bad", "fine"), "bad");
    Check.equal("how many went well", got.successful().size(), 2);
    Check.equal("how many did not", got.failed().size(), 1);
    Check.equal("the id", got.failed().get(0).id(), "bad");
    Check.equal("the code", got.failed().get(0).code(), "InvalidMessageContents");
    Check.equal("the sender's fault", got.failed().get(0).senderFault(), true);
    Check.equal("what comes", World.sortedBodies(w.receive(url, 2)), List.of("fine", "good"));
  }

  private static void batchRefused(World w) {
    String url = w.queue();
    String prefix = "AWS.SimpleQueueService.";
    Check.refused(EmptyBatchRequestException.class, prefix + "EmptyBatchRequest", 400,
        () -> sendBatch(w, url, Stream.of(), ""));
    Check.refused(BatchEntryIdsNotDistinctException.class, prefix + "BatchEntryIdsNotDistinct", 400,
        () -> sendBatch(w, url, Stream.of("a", "a"), ""));
    Check.refused(InvalidBatchEntryIdException.class, prefix + "InvalidBatchEntryId", 400,
        () -> sendBatch(w, url, Stream.of("no spaces"), ""));
    Check.refused(TooManyEntriesInBatchRequestException.class, prefix + "TooManyEntriesInBatchRequest", 400,
        () -> sendBatch(w, url, IntStream.range(0, 11).mapToObj(Integer::toString), ""));
    w.receiveNothing(url);
  }
}
