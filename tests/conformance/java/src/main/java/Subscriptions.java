import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.PublishResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Queues that subscribe to topics. */
final class Subscriptions {
  private static final Map<String, String> RAW = Map.of("RawMessageDelivery", "true");

  static final List<Main.Case> CASES = List.of(
      new Main.Case("subscription-envelope", Subscriptions::envelope),
      new Main.Case("subscription-envelope-signature", Subscriptions::envelopeSignature),
      new Main.Case("subscription-raw", Subscriptions::raw),
      new Main.Case("subscription-filter", Subscriptions::filter),
      new Main.Case("subscription-filter-of-bodies", Subscriptions::filterOfBodies),
      new Main.Case("subscription-bad-filter", Subscriptions::badFilter),
      new Main.Case("subscription-attributes", Subscriptions::attributes),
      new Main.Case("subscription-missing", Subscriptions::missing),
      new Main.Case("subscription-list", Subscriptions::list),
      new Main.Case("subscription-fifo", Subscriptions::fifo),
      new Main.Case("subscription-end", Subscriptions::end));

  private Subscriptions() {}

  /** Answers the subscription's ARN. */
  static String subscribe(World w, String topic, String queue, Map<String, String> settings) {
    String endpoint = w.queueArn(queue);
    return w.sns.subscribe(r -> r.topicArn(topic).protocol("sqs").endpoint(endpoint).attributes(settings)
        .returnSubscriptionArn(true)).subscriptionArn();
  }

  private static PublishResponse publish(World w, String topic, String body, String kind) {
    return w.sns.publish(r -> r.topicArn(topic).message(body).subject("news")
        .messageAttributes(
            Map.of("kind", MessageAttributeValue.builder().dataType("String").stringValue(kind).build())));
  }

  private static void envelope(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    subscribe(w, topic, queue, Map.of());
    String id = publish(w, topic, "{\"order\":\"1\"}", "created").messageId();
    Message got = w.receiveOne(queue);
    Check.equal("SQS's own attributes", got.messageAttributes(), Map.of());
    Envelope envelope = new Envelope(got.body());
    Check.equal("Type", envelope.text("Type"), "Notification");
    Check.equal("MessageId", envelope.text("MessageId"), id);
    Check.equal("TopicArn", envelope.text("TopicArn"), topic);
    Check.equal("Subject", envelope.text("Subject"), "news");
    Check.equal("Message", envelope.text("Message"), "{\"order\":\"1\"}");
    Check.equal("the attribute's type", envelope.text("MessageAttributes", "kind", "Type"), "String");
    Check.equal("the attribute", envelope.text("MessageAttributes", "kind", "Value"), "created");
    Check.that(envelope.text("UnsubscribeURL").contains("Action=Unsubscribe"), "UnsubscribeURL unsubscribes nothing");
  }

  private static void envelopeSignature(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    subscribe(w, topic, queue, Map.of());
    for (String version : List.of("1", "2")) {
      w.sns.setTopicAttributes(r -> r.topicArn(topic).attributeName("SignatureVersion").attributeValue(version));
      publish(w, topic, "signed", "x");
      Message got = w.receiveOne(queue);
      Envelope envelope = new Envelope(got.body());
      Check.equal("SignatureVersion", envelope.text("SignatureVersion"), version);
      envelope.verify();
      w.delete(queue, got);
    }
  }

  private static void raw(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    subscribe(w, topic, queue, RAW);
    publish(w, topic, "as it is", "created");
    Message got = w.receiveOne(queue);
    Check.equal("the body", got.body(), "as it is");
    Check.equal("the attribute", got.messageAttributes().get("kind").stringValue(), "created");
  }

  private static void filter(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    subscribe(w, topic, queue,
        Map.of("RawMessageDelivery", "true", "FilterPolicy", "{\"kind\":[\"created\",{\"prefix\":\"upd\"}]}"));
    Stream.of("created", "deleted", "updated").forEach(kind -> publish(w, topic, kind, kind));
    Check.equal("what passes", World.sortedBodies(w.receive(queue, 2)), List.of("created", "updated"));
  }

  private static void filterOfBodies(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    subscribe(w, topic, queue, Map.of("RawMessageDelivery", "true", "FilterPolicyScope", "MessageBody", "FilterPolicy",
        "{\"order\":{\"sum\":[{\"numeric\":[\">\",100]}]}}"));
    String passes = "{\"order\":{\"sum\":100.5}}";
    Stream.of("{\"order\":{\"sum\":100}}", passes, "no JSON").forEach(body -> publish(w, topic, body, "x"));
    Check.equal("what passes", World.bodies(w.receive(queue, 1)), List.of(passes));
  }

  private static void badFilter(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    Check.refused(InvalidParameterException.class, "InvalidParameter", 400,
        () -> subscribe(w, topic, queue, Map.of("FilterPolicy", "{\"kind\":[{\"sounds-like\":\"x\"}]}")));
  }

  private static Map<String, String> attributesOf(World w, String subscription) {
    return w.sns.getSubscriptionAttributes(r -> r.subscriptionArn(subscription)).attributes();
  }

  private static void attributes(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    String subscription = subscribe(w, topic, queue, Map.of());
    Map.of("RawMessageDelivery", "true", "FilterPolicy", "{\"kind\":[\"created\"]}").forEach((name, value) ->
        w.sns.setSubscriptionAttributes(
            r -> r.subscriptionArn(subscription).attributeName(name).attributeValue(value)));
    Check.attributes(attributesOf(w, subscription), Map.of("RawMessageDelivery", "true", "TopicArn", topic,
        "FilterPolicy", "{\"kind\":[\"created\"]}", "Endpoint", w.queueArn(queue), "Protocol", "sqs",
        "Owner", World.ACCOUNT, "PendingConfirmation", "false"));
  }

  private static void missing(World w) {
    String none = Topics.topic(w) + ":00000000-0000-0000-0000-000000000000";
    Check.refused(NotFoundException.class, "NotFound", 404, () -> attributesOf(w, none));
  }

  private static void list(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    String subscription = subscribe(w, topic, queue, Map.of());
    Check.equal("the second ARN", subscribe(w, topic, queue, Map.of()), subscription);
    Check.equal("the subscriptions",
        w.sns.listSubscriptionsByTopicPaginator(r -> r.topicArn(topic)).subscriptions().stream()
            .map(listed -> listed.subscriptionArn() + " " + listed.endpoint()).toList(),
        List.of(subscription + " " + w.queueArn(queue)));
    Check.equal("how many the topic has",
        w.sns.getTopicAttributes(r -> r.topicArn(topic)).attributes().get("SubscriptionsConfirmed"), "1");
  }

  private static void fifo(World w) {
    String topic = w.sns.createTopic(r -> r.name(w.newName() + ".fifo")
        .attributes(Map.of("FifoTopic", "true", "ContentBasedDeduplication", "true"))).topicArn();
    String queue = Fifo.queue(w, false);
    subscribe(w, topic, queue, RAW);
    List<String> numbers = Stream.of("a", "a", "b").map(body ->
        w.sns.publish(r -> r.topicArn(topic).message(body).messageGroupId("g")).sequenceNumber()).toList();
    Check.equal("the sequence number of the same again", numbers.get(1), numbers.get(0));
    Check.that(numbers.get(2).compareTo(numbers.get(0)) > 0, "sequence numbers do not grow");
    List<Message> got = w.receive(queue, 2);
    Check.equal("what comes", World.bodies(got), List.of("a", "b"));
    Check.equal("the group", got.get(1).attributes().get(MessageSystemAttributeName.MESSAGE_GROUP_ID), "g");
  }

  private static void end(World w) {
    String topic = Topics.topic(w);
    String queue = w.queue();
    String subscription = subscribe(w, topic, queue, RAW);
    publish(w, topic, "before", "x");
    w.sns.unsubscribe(r -> r.subscriptionArn(subscription));
    publish(w, topic, "after", "x");
    Check.equal("what comes", World.bodies(w.receive(queue, 1)), List.of("before"));
    Check.refused(NotFoundException.class, "NotFound", 404, () -> attributesOf(w, subscription));
  }
}
