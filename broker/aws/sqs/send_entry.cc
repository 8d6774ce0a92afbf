#include "broker/aws/sqs/send_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/aws/attribute_type.h"
#include "broker/aws/message_id.h"
#include "broker/aws/sqs/queue_notes.h"
#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {
namespace {

std::optional<Refusal> CheckSystemAttributes(const MessageAttributes& attributes) {
  for (const auto& [name, attribute] : attributes) {
    if (name != kTraceHeader) {
      return Refuse(SqsFault::kInvalidParameterValue,
                    fmt::format("Message system attribute name '{}' is invalid.", Shown(name)));
    }
    if (attribute.type != "String") {
      return Refuse(
          SqsFault::kInvalidParameterValue,
          fmt::format("The message system attribute '{}' has an invalid message system attribute type, the set of "
                      "supported types is String.",
                      name));
    }
  }
  return std::nullopt;
}

void TakeAttributes(AttributeValues values, SendEntry& in) {
  auto attributes = CheckAttributes(std::move(values));
  if (!attributes.ok()) {
    in.problem = std::move(attributes).error();
    return;
  }
  in.size_bytes += SizeOf(*attributes);
  if (!attributes->empty()) in.attributes_md5 = Md5OfAttributes(*attributes);
  in.publish.content.attributes = ToModel(*attributes);
}

void TakeSystemAttributes(AttributeValues values, SendEntry& in) {
  auto attributes = CheckAttributes(std::move(values));
  in.problem = attributes.ok() ? CheckSystemAttributes(*attributes) : std::move(attributes).error();
  if (in.problem || attributes->empty()) return;
  in.system_attributes_md5 = Md5OfAttributes(*attributes);
  in.publish.content.system_attributes = ToModel(*attributes);
}

std::optional<Refusal> CheckBody(std::string_view body) {
  if (IsCarried(body)) return std::nullopt;
  return Refuse(
      SqsFault::kInvalidMessageContents,
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "
      "#x10000 to #x10FFFF");
}

}  // namespace

void ReadSendEntry(Fields& f, SendEntry& in) {
  std::optional<std::string> sent;
  std::optional<std::string> group;
  std::optional<std::string> deduplication;
  AttributeValues attributes;
  AttributeValues system;
  f.Optional("MessageBody", sent);
  f.Optional("DelaySeconds", in.delay_seconds);
  f.Map({{"MessageAttributes", "MessageAttribute"}, "Name", "Value"}, attributes);
  f.Map({{"MessageSystemAttributes", "MessageSystemAttribute"}, "Name", "Value"}, system);
  f.Optional("MessageDeduplicationId", deduplication);
  f.Optional("MessageGroupId", group);
  if (f.problem()) return;

  std::string& body = in.publish.content.body;
  body = std::move(sent).value_or("");
  if (body.empty()) in.problem = Missing("MessageBody");
  if (!in.problem) in.problem = CheckBody(body);
  if (!in.problem) in.problem = CheckToken("MessageGroupId", group);
  if (!in.problem) in.problem = CheckToken("MessageDeduplicationId", deduplication);
  in.size_bytes = body.size();
  in.body_md5 = Md5Hex(body);
  if (!in.problem) TakeAttributes(std::move(attributes), in);
  if (!in.problem) TakeSystemAttributes(std::move(system), in);
  in.publish.content.ordering_key = group.value_or("");
  in.publish.content.deduplication_id = deduplication.value_or("");
}

void Read(Fields& f, SendEntry& in) {
  f.Required("Id", in.id);
  ReadSendEntry(f, in);
}

std::optional<Refusal> CheckOrder(const SendEntry& entry, const model::QueueSettings& queue) {
  const model::MessageContent& content = entry.publish.content;
  if (!queue.delivery.ordered || entry.problem) return std::nullopt;
  if (content.ordering_key.empty()) return Missing("MessageGroupId");
  if (content.deduplication_id.empty() && !queue.deduplication.by_content) {
    return Refuse(SqsFault::kInvalidParameterValue,
                  "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
                  "explicitly");
  }
  return std::nullopt;
}

std::optional<Refusal> CheckEntry(SendEntry& entry, const model::QueueSettings& queue, const Limits& limits) {
  if (entry.problem) return entry.problem;
  const model::MessageContent& content = entry.publish.content;
  const bool fifo = queue.delivery.ordered;
  if (entry.delay_seconds) {
    if (!IsWithin(*entry.delay_seconds, limits.delay_seconds)) {
      return InvalidValue(
          "DelaySeconds", std::to_string(*entry.delay_seconds),
          fmt::format("DelaySeconds must be >= {} and <= {}.", limits.delay_seconds.least, limits.delay_seconds.most));
    }
    if (fifo && *entry.delay_seconds > 0) return NotOfThisQueue("DelaySeconds", std::to_string(*entry.delay_seconds));
    if (!fifo) entry.publish.delay = std::chrono::seconds(*entry.delay_seconds);
  }
  if (!fifo && !content.deduplication_id.empty())
    return NotOfThisQueue("MessageDeduplicationId", content.deduplication_id);
  if (content.attributes.size() > limits.message_attributes) {
    return Refuse(SqsFault::kInvalidParameterValue,
                  fmt::format("Number of message attributes [{}] exceeds the allowed maximum [{}].",
                              content.attributes.size(), limits.message_attributes));
  }
  if (limits.documented_numbers) {
    if (const auto name = UndocumentedNumber(content.attributes)) return NotANumber(*name);
  }
  if (const std::size_t most = MaxMessageBytes(queue, limits); entry.size_bytes > most) {
    return Refuse(
        SqsFault::kInvalidParameterValue,
        fmt::format("One or more parameters are invalid. Reason: Message must be shorter than {} bytes.", most));
  }
  return std::nullopt;
}

Sent Tell(const SendEntry& entry, const engine::Published& published, bool fifo, std::uint64_t folder_id) {
  return {MessageUuid(folder_id, published.id), entry.body_md5, entry.attributes_md5, entry.system_attributes_md5,
          fifo ? SequenceNumber(published.id.sequence) : std::string()};
}

void WriteSent(Writer& w, const Sent& sent) {
  const auto text = [&w](std::string_view name, std::string_view value) {
    if (!value.empty()) w.Text(name, value);
  };
  text("MessageId", sent.message_id);
  text("MD5OfMessageBody", sent.body_md5);
  text("MD5OfMessageAttributes", sent.attributes_md5);
  text("MD5OfMessageSystemAttributes", sent.system_attributes_md5);
  text("SequenceNumber", sent.sequence);
}

}  // namespace broker::aws::sqs
