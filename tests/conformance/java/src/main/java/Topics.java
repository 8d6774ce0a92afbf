import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.services.sns.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sns.model.CreateTopicResponse;
import software.amazon.awssdk.services.sns.model.EmptyBatchRequestException;
import software.amazon.awssdk.services.sns.model.InvalidBatchEntryIdException;
import software.amazon.awssdk.services.sns.model.InvalidParameterException;
import software.amazon.awssdk.services.sns.model.ListTopicsResponse;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.PublishBatchRequestEntry;
import software.amazon.awssdk.services.sns.model.PublishBatchResponse;
import software.amazon.awssdk.services.sns.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sns.model.Tag;
import software.amazon.awssdk.services.sns.model.TooManyEntriesInBatchRequestException;

/** Topics and publishing. */
final class Topics {
  static final List<Main.Case> CASES = List.of(
      new Main.Case("topic-create-again", Topics::createAgain),
      new Main.Case("topic-bad-name", Topics::badName),
      new Main.Case("topic-missing", Topics::missing),
      new Main.Case("topic-attributes", Topics::attributes),
      new Main.Case("topic-list-in-pages", Topics::listInPages),
      new Main.Case("topic-tags", Topics::tags),
      new Main.Case("topic-delete", Topics::delete),
      new Main.Case("publish-nothing", Topics::publishNothing),
      new Main.Case("publish-batch-with-bad-entry", Topics::publishBatchWithBadEntry),
      new Main.Case("publish-batch-refused", Topics::publishBatchRefused));

  private Topics() {}

  /** Answers the ARN of a new topic. */
  static String topic(World w) {
    return w.sns.createTopic(r -> r.name(w.newName())).topicArn();
  }

  private static CreateTopicResponse create(World w, String name, String display) {
    return w.sns.createTopic(r -> r.name(name).attributes(Map.of("DisplayName", display)));
  }

  private static void createAgain(World w) {
    String name = w.newName();
    String arn = "arn:aws:sns:" + World.REGION + ":" + World.ACCOUNT + ":" + name;
    Check.equal("the ARN", create(w, name, "Orders").topicArn(), arn);
    Check.equal("the second ARN", create(w, name, "Orders").topicArn(), arn);
    Check.refused(InvalidParameterException.class, "InvalidParameter", 400, () -> create(w, name, "Bills"));
  }

  private static void badName(World w) {
    Check.refused(InvalidParameterException.class, "InvalidParameter", 400, () -> create(w, "not a name", "Orders"));
  }

  private static void missing(World w) {
    String arn = "arn:aws:sns:" + World.REGION + ":" + World.ACCOUNT + ":never-made";
    Check.refused(NotFoundException.class, "NotFound", 404, () -> w.sns.getTopicAttributes(r -> r.topicArn(arn)));
    Check.refused(NotFoundException.class, "NotFound", 404, () -> w.sns.publish(r -> r.topicArn(arn).message("x")));
  }

  private static void attributes(World w) {
    String topic = topic(w);
    w.sns.setTopicAttributes(
        r -> r.topicArn(topic).attributeName("DisplayName").attributeValue("Orders & more"));
    Check.attributes(w.sns.getTopicAttributes(r -> r.topicArn(topic)).attributes(), Map.of(
        "DisplayName", "Orders & more", "TopicArn", topic, "Owner", World.ACCOUNT, "SubscriptionsConfirmed", "0"));
  }

  private static void listInPages(World w) {
    List<String> made = Stream.generate(() -> topic(w)).limit(101).toList(); // a page has a hundred
    List<ListTopicsResponse> pages = w.sns.listTopicsPaginator().stream().toList();
    Set<String> missing = new HashSet<>(made);
    pages.forEach(page -> page.topics().forEach(listed -> missing.remove(listed.topicArn())));
    Check.equal("what is not listed", missing, Set.of());
    Check.that(pages.size() >= 2, "all came in one page");
  }

  private static void tags(World w) {
    String topic = topic(w);
    w.sns.tagResource(
        r -> r.resourceArn(topic).tags(t -> t.key("team").value("billing"), t -> t.key("old").value("1")));
    w.sns.untagResource(r -> r.resourceArn(topic).tagKeys("old"));
    Check.equal("the tags", w.sns.listTagsForResource(r -> r.resourceArn(topic)).tags(),
        List.of(Tag.builder().key("team").value("billing").build()));
    Check.refused(ResourceNotFoundException.class, "ResourceNotFound", 404,
        () -> w.sns.listTagsForResource(r -> r.resourceArn(topic + "-not")));
  }

  private static void delete(World w) {
    String topic = topic(w);
    w.sns.deleteTopic(r -> r.topicArn(topic));
    w.sns.deleteTopic(r -> r.topicArn(topic));
    Check.refused(NotFoundException.class, "NotFound", 404,
        () -> w.sns.publish(r -> r.topicArn(topic).message("too late")));
  }

  private static void publishNothing(World w) {
    String topic = topic(w);
    Check.refused(InvalidParameterException.class, "InvalidParameter", 400,
        () -> w.sns.publish(r -> r.topicArn(topic).message("")));
  }

  private static PublishBatchResponse publishBatch(World w, String topic, Stream<String> ids, String badId) {
    return w.sns.publishBatch(r -> r.topicArn(topic).publishBatchRequestEntries(
        ids.map(id -> PublishBatchRequestEntry.builder().id(id).message(id.equals(badId) ? "" : id).build()).toList()));
  }

  private static void publishBatchWithBadEntry(World w) {
    String topic = topic(w);
    String queue = w.queue();
    Subscriptions.subscribe(w, topic, queue, Map.of("RawMessageDelivery", "true"));
    PublishBatchResponse got = publishBatch(w, topic, Stream.of("good", "bad", "fine"), "bad");
    Check.equal("what went well", got.successful().stream().map(e -> e.id()).toList(), List.of("good", "fine"));
    Check.equal("what did not", got.failed().stream().map(e -> e.id()).toList(), List.of("bad"));
    Check.equal("the code", got.failed().get(0).code(), "InvalidParameter");
    Check.equal("the sender's fault", got.failed().get(0).senderFault(), true);
    Check.equal("what comes", World.sortedBodies(w.receive(queue, 2)), List.of("fine", "good"));
  }

  private static void publishBatchRefused(World w) {
    String topic = topic(w);
    Check.refused(EmptyBatchRequestException.class, "EmptyBatchRequest", 400,
        () -> publishBatch(w, topic, Stream.of(), ""));
    Check.refused(BatchEntryIdsNotDistinctException.class, "BatchEntryIdsNotDistinct", 400,
        () -> publishBatch(w, topic, Stream.of("a", "a"), ""));
    Check.refused(InvalidBatchEntryIdException.class, "InvalidBatchEntryId", 400,
        () -> publishBatch(w, topic, Stream.of("no spaces"), ""));
    Check.refused(TooManyEntriesInBatchRequestException.class, "TooManyEntriesInBatchRequest", 400,
        () -> publishBatch(w, topic, IntStream.range(0, 11).mapToObj(Integer::toString), ""));
  }
}
