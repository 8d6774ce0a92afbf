import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonWriter;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.utils.builder.Buildable;

/** The AWS SDK for Java v2 as a bridge; bridge.py says what comes and goes. */
final class Bridge {
  /** The SDK has no way to say what was asked. */
  private static final class Unsaid extends RuntimeException {
    Unsaid(String why) {
      super(why);
    }
  }

  private record Place(String service, String endpoint, String account, String region) {}

  private final Map<Place, Object> clients = new HashMap<>();
  private boolean sent; // whether the request of this question has left the client

  public static void main(String[] arguments) throws IOException {
    Bridge bridge = new Bridge();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JsonWriter answer = JsonWriter.create();
      write(answer, bridge.answer(JsonNode.parser().parse(line)));
      System.out.write(answer.getBytes());
      System.out.write('\n');
      System.out.flush();
    }
  }

  private Map<String, ?> answer(JsonNode question) {
    sent = false;
    try {
      return Map.of("result", call(question));
    } catch (Unsaid why) {
      return Map.of("unsaid", why.getMessage());
    } catch (AwsServiceException refused) {
      return Map.of("error", Map.of("code", refused.awsErrorDetails().errorCode(), "message",
          refused.awsErrorDetails().errorMessage(), "status", refused.statusCode()));
    } catch (RuntimeException | ReflectiveOperationException why) {
      return sent ? Map.of("broken", why.toString()) : Map.of("unsaid", "the SDK sends nothing: " + why);
    }
  }

  private Object call(JsonNode question) throws ReflectiveOperationException {
    String service = text(question, "service");
    String operation = text(question, "operation");
    Object client = clients.computeIfAbsent(
        new Place(service, text(question, "endpoint"), text(question, "account"), text(question, "region")),
        this::client);
    Class<?> api = "sns".equals(service) ? SnsClient.class : SqsClient.class;
    Method method = Stream.of(api.getMethods())
        .filter(m -> m.getName().equalsIgnoreCase(operation) && m.getParameterCount() == 1
            && SdkPojo.class.isAssignableFrom(m.getParameterTypes()[0])).findFirst().orElseThrow();
    SdkPojo builder = (SdkPojo) method.getParameterTypes()[0].getMethod("builder").invoke(null);
    Object request = filled(builder, question.asObject().get("parameters"));
    try {
      return plain(method.invoke(client, request));
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof RuntimeException why) {
        throw why;
      }
      throw thrown;
    }
  }

  private static String text(JsonNode question, String name) {
    return question.asObject().get(name).asString();
  }

  private Object client(Place place) {
    ExecutionInterceptor watch = new ExecutionInterceptor() {
      @Override
      public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        sent = true;
      }
    };
    return "sns".equals(place.service)
        ? Clients.with(place.endpoint, place.account, place.region, SnsClient.builder(), watch).build()
        : Clients.with(place.endpoint, place.account, place.region, SqsClient.builder(), watch).build();
  }

  /** Builds what `builder` is for. */
  private static Object filled(SdkPojo builder, JsonNode values) {
    Map<String, SdkField<?>> fields = builder.sdkFieldNameToField();
    values.asObject().forEach((name, value) -> {
      if (!fields.containsKey(name)) {
        throw new Unsaid("the SDK has no " + name);
      }
      fields.get(name).set(builder, typed(fields.get(name), value));
    });
    return ((Buildable) builder).build();
  }

  private static Object typed(SdkField<?> field, JsonNode value) {
    MarshallingType<?> type = field.marshallingType();
    if (type == MarshallingType.SDK_POJO) {
      return filled(field.constructor().get(), value);
    }
    if (type == MarshallingType.LIST) {
      SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
      return value.asArray().stream().map(each -> typed(member, each)).toList();
    }
    if (type == MarshallingType.MAP) {
      SdkField<?> member = field.getTrait(MapTrait.class).valueFieldInfo();
      Map<String, Object> map = new LinkedHashMap<>();
      value.asObject().forEach((name, each) -> map.put(name, typed(member, each)));
      return map;
    }
    if (type == MarshallingType.INTEGER && value.isNumber()) {
      return Integer.valueOf(value.asNumber());
    }
    if (type == MarshallingType.BOOLEAN && value.isBoolean()) {
      return value.asBoolean();
    }
    if (type == MarshallingType.SDK_BYTES && value.isString()) {
      return SdkBytes.fromByteArray(Base64.getDecoder().decode(value.asString()));
    }
    if (type == MarshallingType.STRING && value.isString()) {
      return value.asString();
    }
    throw new Unsaid("the SDK's types cannot say " + field.memberName() + "=" + value);
  }

  /** What the SDK answers, in maps and lists; what is not there is left out. */
  private static Object plain(Object value) {
    if (value instanceof SdkPojo pojo) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (SdkField<?> field : pojo.sdkFields()) {
        Object member = field.getValueOrDefault(pojo);
        if (member != null && !(member instanceof SdkAutoConstructList) && !(member instanceof SdkAutoConstructMap)) {
          map.put(field.memberName(), plain(member));
        }
      }
      return map;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Bridge::plain).toList();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> all = new LinkedHashMap<>();
      map.forEach((name, each) -> all.put(name.toString(), plain(each)));
      return all;
    }
    return value instanceof SdkBytes bytes ? Base64.getEncoder().encodeToString(bytes.asByteArray()) : value;
  }

  private static void write(JsonWriter to, Object value) {
    if (value instanceof Map<?, ?> map) {
      to.writeStartObject();
      map.forEach((name, each) -> {
        to.writeFieldName(name.toString());
        write(to, each);
      });
      to.writeEndObject();
    } else if (value instanceof List<?> list) {
      to.writeStartArray();
      list.forEach(each -> write(to, each));
      to.writeEndArray();
    } else if (value instanceof Boolean truth) {
      to.writeValue(truth);
    } else if (value instanceof Number number) {
      to.writeValue(number.longValue());
    } else {
      to.writeValue(value.toString());
    }
  }
}
