import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** What a queue gets of a notification where raw delivery is off. */
final class Envelope {
  private static final Map<String, String> ALGORITHMS = Map.of("1", "SHA1withRSA", "2", "SHA256withRSA");

  private final JsonNode json;

  Envelope(String body) {
    json = JsonNode.parser().parse(body);
  }

  /** The text under a name, or under names within names. */
  String text(String... path) {
    JsonNode node = json;
    for (String name : path) {
      node = node.field(name).orElseThrow(() -> new AssertionError("the envelope has no " + name + ": " + json));
    }
    return node.asString();
  }

  /**
   * Holds the signature against the certificate that the envelope names, as
   * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html asks for.
   */
  void verify() {
    String signed = Stream.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
        .map(key -> key + "\n" + text(key) + "\n").collect(Collectors.joining());
    try (InputStream certificate = URI.create(text("SigningCertURL")).toURL().openStream()) {
      Signature signature = Signature.getInstance(ALGORITHMS.get(text("SignatureVersion")));
      signature.initVerify(CertificateFactory.getInstance("X.509").generateCertificate(certificate));
      signature.update(signed.getBytes(StandardCharsets.UTF_8));
      boolean holds = signature.verify(Base64.getDecoder().decode(text("Signature")));
      Check.that(holds, "the signature does not hold: " + json);
    } catch (GeneralSecurityException | IOException problem) {
      throw new AssertionError(problem);
    }
  }
}
