#include "broker/aws/sqs/received_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "broker/aws/attribute_type.h"
#include "broker/aws/message_id.h"
#include "broker/aws/sns/envelope.h"
#include "broker/aws/sqs/message_attributes.h"
#include "broker/aws/sqs/queue_attributes.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/aws/sqs/send_entry.h"
#include "broker/aws/wire/base64.h"
#include "broker/aws/wire/percent.h"
#include "broker/base/hash.h"

namespace broker::aws::sqs {
namespace {

using Stories = std::span<const model::DeadLetterEntry>;

// What JSON makes of a message: "\u0001" of one byte, and what stands around it and each of at most 100 attributes. What
// is not enveloped grows by base64 at most.
constexpr std::size_t kMostGrowthInEnvelope = 6;
constexpr std::size_t kMostBytesAroundEnvelope = 16u << 10;

bool IsEnveloped(const engine::Delivery& delivery, const ReceiveView& view) {
  return view.envelopes != nullptr && sns::EnvelopeRenderer::Renders(delivery.delivery_format);
}

// Of the homes in which it failed, those since a task last moved it.
Stories StoriesOf(const model::Message& message) {
  std::size_t first = message.dead_letter.size();
  while (first > 0 && message.dead_letter[first - 1].moved == Time{}) --first;
  return Stories(message.dead_letter).subspan(first);
}

std::string MillisText(Time time) {
  return std::to_string(std::chrono::duration_cast<Millis>(time.time_since_epoch()).count());
}

// ---- system attributes

using Show = std::optional<std::string> (*)(const engine::Delivery&, Stories, const ReceiveView&);
struct Row {
  std::string_view name;
  Show show;
};

std::optional<std::string> Some(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::string> ShowFirstReceive(const engine::Delivery& delivery, Stories stories, const ReceiveView&) {
  for (const model::DeadLetterEntry& story : stories) {
    if (story.first_attempt != Time{}) return MillisText(story.first_attempt);
  }
  return MillisText(delivery.first_attempt);
}

std::optional<std::string> ShowReceives(const engine::Delivery& delivery, Stories stories, const ReceiveView&) {
  std::uint64_t receives = delivery.attempt;
  for (const model::DeadLetterEntry& story : stories) receives += story.attempts;
  return std::to_string(receives);
}

std::optional<std::string> ShowSource(const engine::Delivery&, Stories stories, const ReceiveView& view) {
  if (stories.empty() || stories.back().source.kind != model::ResourceKind::kQueue) return std::nullopt;
  return view.identity.QueueArn(stories.back().source.name);
}

std::optional<std::string> ShowDeduplicationId(const engine::Delivery& delivery, Stories, const ReceiveView& view) {
  const model::MessageContent& content = delivery.message->content;
  if (content.deduplication_id.empty() && view.fifo && view.by_content) return HexEncode(Sha256(content.body));
  return Some(content.deduplication_id);
}

// When it came into this queue; a dead letter came when it was sent.
std::optional<std::string> ShowSent(const engine::Delivery& delivery, Stories stories, const ReceiveView&) {
  const auto& all = delivery.message->dead_letter;
  if (all.size() > stories.size()) return MillisText(all[all.size() - stories.size() - 1].moved);
  return MillisText(delivery.message->publish_time);
}

std::optional<std::string> ShowTrace(const engine::Delivery& delivery, Stories, const ReceiveView&) {
  const model::Attributes& system = delivery.message->content.system_attributes;
  const auto trace = system.find(std::string(kTraceHeader));
  return trace == system.end() ? std::nullopt : Some(trace->second.value);
}

constexpr std::array kRows{
    Row{kTraceHeader, ShowTrace},
    Row{"ApproximateFirstReceiveTimestamp", ShowFirstReceive},
    Row{"ApproximateReceiveCount", ShowReceives},
    Row{"DeadLetterQueueSourceArn", ShowSource},
    Row{"MessageDeduplicationId", ShowDeduplicationId},
    Row{"MessageGroupId",
        [](const engine::Delivery& d, Stories, const ReceiveView&) { return Some(d.message->content.ordering_key); }},
    Row{"SenderId",
        [](const engine::Delivery& d, Stories, const ReceiveView& v) {
          return Some(d.message->publisher.empty() ? v.identity.account : d.message->publisher);
        }},
    Row{"SentTimestamp", ShowSent},
    Row{"SequenceNumber",
        [](const engine::Delivery& d, Stories, const ReceiveView& v) {
          return v.fifo ? Some(SequenceNumber(d.id.sequence)) : std::nullopt;
        }},
};

Texts SystemAttributes(const engine::Delivery& delivery, Stories stories, const ReceiveView& view) {
  const auto& names = view.system_names;
  Texts shown;
  for (const Row& row : kRows) {
    const bool asked =
        std::any_of(names.begin(), names.end(), [&](const std::string& n) { return n == "All" || n == row.name; });
    if (!asked) continue;
    if (auto value = row.show(delivery, stories, view)) shown.emplace_back(row.name, *std::move(value));
  }
  return shown;
}

bool IsAsked(std::string_view name, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view each) {
    if (each == name || each == "All" || each == "*") return true;
    return each.ends_with(".*") && name.starts_with(each.substr(0, each.size() - 2));
  });
}

}  // namespace

std::optional<Refusal> CheckSystemNames(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const bool known = std::any_of(kRows.begin(), kRows.end(), [&](const Row& row) { return row.name == name; });
    if (!known && !IsQueueAttribute(name)) return UnknownAttribute(name);
  }
  return std::nullopt;
}

Rendered Render(const engine::Delivery& delivery, const ReceiveView& view) {
  if (IsEnveloped(delivery, view)) {
    return {view.envelopes->Render(delivery, view.identity), {}, std::nullopt};  // the attributes are in it
  }
  const model::MessageContent& content = delivery.message->content;
  Rendered rendered{content.body, FromModel(content.attributes), std::nullopt};
  if (!IsCarried(rendered.body)) {
    rendered.body = Base64Encode(rendered.body);
    rendered.marker = MessageAttribute{"String", "base64"};
  }
  return rendered;
}

std::size_t MostRenderedBytes(const engine::Delivery& delivery, const ReceiveView& view) {
  const std::size_t bytes = model::SizeBytes(delivery.message->content);
  return IsEnveloped(delivery, view) ? bytes * kMostGrowthInEnvelope + kMostBytesAroundEnvelope : bytes * 2 + 1'024;
}

std::size_t RenderedBytes(const engine::Delivery& delivery, const ReceiveView& view) {
  if (IsEnveloped(delivery, view)) return view.envelopes->SizeBytes(delivery, view.identity);
  const model::MessageContent& content = delivery.message->content;
  const std::size_t body = content.body.size();
  return (IsCarried(content.body) ? body : (body + 2) / 3 * 4) + SizeOf(FromModel(content.attributes));
}

std::optional<std::string> WhyNotCarried(const engine::Delivery& delivery, const ReceiveView& view,
                                         std::size_t own_most, const Limits& limits) {
  const bool brought = !delivery.subscription.empty();
  const std::size_t most = brought ? own_most : static_cast<std::size_t>(limits.message_bytes.most);
  const auto check_size = [&]() -> std::optional<std::string> {
    if (MostRenderedBytes(delivery, view) <= most) return std::nullopt;
    const std::size_t bytes = RenderedBytes(delivery, view);
    if (bytes <= most) return std::nullopt;
    return fmt::format("{} bytes; a receiver over SQS takes {}", bytes, most);
  };
  if (IsEnveloped(delivery, view)) return check_size();
  const model::MessageContent& content = delivery.message->content;
  if (content.attributes.size() > limits.message_attributes) {
    return fmt::format("{} attributes; a receiver over SQS takes {}", content.attributes.size(),
                       limits.message_attributes);
  }
  for (const auto& [name, attribute] : content.attributes) {
    if (IsCarried(name) && IsCarried(attribute.label)) continue;
    return fmt::format("the name or the type of attribute \"{}\" has characters that XML forbids",
                       Shown(PercentEncode(name)));
  }
  return check_size();
}

void WriteMessage(Writer& w, const engine::Delivery& delivery, const ReceiveView& view) {
  const Stories stories = StoriesOf(*delivery.message);
  const Rendered rendered = Render(delivery, view);
  MessageAttributes attributes;
  for (const auto& [name, attribute] : rendered.attributes) {
    if (IsAsked(name, view.attribute_names)) attributes[name] = attribute;
  }
  if (rendered.marker) attributes[std::string(kBodyEncodingAttribute)] = *rendered.marker;

  w.Text("MessageId",
         std::string_view(MessageUuid(view.folder_id, stories.empty() ? delivery.id : stories.front().source_id)));
  w.Text("ReceiptHandle", std::string_view(delivery.receipt));
  w.Text("MD5OfBody", std::string_view(Md5Hex(rendered.body)));
  w.Text("Body", std::string_view(rendered.body));
  w.TextMap({{"Attributes", "Attribute"}, "Name", "Value"}, SystemAttributes(delivery, stories, view));
  if (attributes.empty()) return;
  w.Text("MD5OfMessageAttributes", std::string_view(Md5OfAttributes(attributes)));
  w.Map({{"MessageAttributes", "MessageAttribute"}, "Name", "Value"}, attributes,
        [](Writer& each, const MessageAttribute& attribute) {
          if (attribute.is_binary()) {
            each.Bytes("BinaryValue", attribute.value);
          } else {
            each.Text("StringValue", std::string_view(attribute.value));
          }
          each.Text("DataType", std::string_view(attribute.type));
        });
}

}  // namespace broker::aws::sqs
