import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Cases of SQS and SNS through the AWS SDK for Java v2, against a broker that runs already.
 *
 * <p>usage: Main ENDPOINT
 *
 * <p>Each case stands alone: what it needs it makes, under names of its own. For each a line "ok NAME" or
 * "FAILED NAME: why"; the exit code is 1 if any failed.
 */
final class Main {
  record Case(String name, Consumer<World> run) {}

  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("usage: Main ENDPOINT");
      System.exit(2);
    }
    boolean good = true;
    try (Clients clients = new Clients(arguments[0])) {
      for (Case each : Stream.of(Queues.CASES, Messages.CASES, Settling.CASES, Fifo.CASES, Redrive.CASES, Topics.CASES,
          Subscriptions.CASES, Async.CASES).flatMap(List::stream).toList()) {
        good &= passes(each, new World(clients, each.name()));
      }
    }
    System.exit(good ? 0 : 1);
  }

  private static boolean passes(Case each, World world) {
    try {
      each.run().accept(world);
    } catch (RuntimeException | AssertionError why) {
      System.out.println("FAILED " + each.name() + ": " + why.toString().replace('\n', ' '));
      return false;
    }
    System.out.println("ok " + each.name());
    return true;
  }
}
