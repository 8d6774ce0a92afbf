import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;
import software.amazon.awssdk.services.sqs.model.Message;

/** The asynchronous client, which comes with another HTTP library, and its batch manager. */
final class Async {
  static final List<Main.Case> CASES = List.of(
      new Main.Case("async-send-receive", Async::sendReceive),
      new Main.Case("async-batch-manager", Async::batchManager));

  private Async() {}

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(World.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  private static void sendReceive(World w) {
    String url = w.queue();
    CompletableFuture<List<Message>> received =
        w.sqsAsync.receiveMessage(r -> r.queueUrl(url).waitTimeSeconds(20)).thenApply(got -> got.messages());
    await(w.sqsAsync.sendMessage(r -> r.queueUrl(url).messageBody("waited for")));
    Check.equal("what came", World.bodies(await(received)), List.of("waited for"));
  }

  private static void batchManager(World w) {
    String url = w.queue();
    List<String> sent = IntStream.range(10, 35).mapToObj(Integer::toString).toList();
    try (SqsAsyncBatchManager batches = w.sqsAsync.batchManager()) {
      sent.stream().map(body -> batches.sendMessage(r -> r.queueUrl(url).messageBody(body))).toList()
          .forEach(Async::await);
      List<Message> got = new ArrayList<>();
      Instant deadline = Instant.now().plus(World.PATIENCE);
      while (got.size() < sent.size()) {
        Check.that(Instant.now().isBefore(deadline), got.size() + " messages came in time");
        got.addAll(await(batches.receiveMessage(r -> r.queueUrl(url))).messages());
      }
      Check.equal("what came", World.sortedBodies(got), sent);
      got.stream().map(m -> batches.deleteMessage(r -> r.queueUrl(url).receiptHandle(m.receiptHandle()))).toList()
          .forEach(Async::await);
    }
    w.receiveNothing(url);
  }
}
