import java.util.Map;
import java.util.Objects;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What must hold. Where it does not, an AssertionError says what is the matter. */
final class Check {
  private Check() {}

  static void that(boolean holds, String why) {
    if (!holds) {
      throw new AssertionError(why);
    }
  }

  static void equal(String what, Object got, Object want) {
    that(Objects.equals(got, want), what + " is " + got + ", not " + want);
  }

  /** Looks at those that are wanted; there may be more. */
  static <K> void attributes(Map<K, String> got, Map<K, String> wanted) {
    wanted.forEach((name, want) -> equal(name.toString(), got.get(name), want));
  }

  /**
   * Holds a refusal against its type, the code that the SDK reads, and the status. The service's own exception is the
   * type of those that the SDK has no type for.
   */
  static void refused(Class<? extends AwsServiceException> type, String code, int status, Runnable call) {
    try {
      call.run();
    } catch (AwsServiceException refusal) {
      equal("the type of " + refusal, refusal.getClass(), type);
      equal("the code", refusal.awsErrorDetails().errorCode(), code);
      equal("the status", refusal.statusCode(), status);
      that(!refusal.awsErrorDetails().errorMessage().isEmpty(), code + " says nothing");
      that(refusal.requestId() != null, code + " comes without a request id");
      return;
    }
    throw new AssertionError("it went well, where " + code + " must come");
  }
}
