#include "broker/aws/sns/publish_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "broker/aws/attribute_type.h"
#include "broker/aws/sns/topic_attributes.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/base/hash.h"
#include "broker/model/limits.h"

namespace broker::aws::sns {
namespace {

constexpr std::uint64_t kMaxMessageBytes = 262'144;  // where the topic says no other
constexpr std::size_t kMaxBatchEntries = 10;
constexpr std::size_t kMaxSubjectCharacters = 100;
constexpr std::size_t kMaxIdCharacters = 128;
constexpr char kSignatureVersion[] = "SignatureVersion";  // the name of the system attribute

Refusal Wrong(std::string_view why) {
  return Refuse(SnsFault::kInvalidParameter, fmt::format("Invalid parameter: {}", why));
}

// Of UTF-8.
std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// Letters, digits and punctuation: what ASCII can print, but no space.
bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdCharacters &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

Result<std::string, Refusal> BodyOf(const MessageInput& in) {
  if (!in.structure) return in.message;
  if (*in.structure != "json") return Wrong("MessageStructure");
  const auto bodies = ReadJson(in.message);
  if (!bodies.ok() || bodies->kind != Value::Kind::kObject) {
    return Wrong("Message Structure - JSON message body failed to parse");
  }
  const auto text = [&](std::string_view protocol) {
    const Value* const body = bodies->Find(protocol);
    return body != nullptr && body->kind == Value::Kind::kText ? &body->text : nullptr;
  };
  const std::string* const standard = text("default");
  if (standard == nullptr) return Wrong("Message Structure - No default entry in JSON message body");
  const std::string* const own = text("sqs");  // the one protocol that is delivered
  return own != nullptr ? *own : *standard;
}

}  // namespace

void Read(Fields& f, MessageInput& in) {
  f.Required("Message", in.message);
  f.Optional("Subject", in.subject);
  f.Optional("MessageStructure", in.structure);
  f.Map({"MessageAttributes", "Name", "Value"}, in.attributes);
  f.Optional("MessageDeduplicationId", in.deduplication_id);
  f.Optional("MessageGroupId", in.group_id);
}

std::uint64_t SizeBytes(const MessageInput& in) {
  std::uint64_t bytes = in.message.size();
  for (const auto& [name, attribute] : in.attributes) {
    bytes +=
        name.size() + attribute.type.size() + attribute.text.value_or("").size() + attribute.bytes.value_or("").size();
  }
  return bytes;
}

PublishRules PublishRules::Of(std::string_view topic, const model::TopicSettings& settings, bool strict) {
  const std::uint64_t max_bytes =
      MaximumMessageSize(settings).value_or(strict ? kMaxMessageBytes : model::kMaxBodyBytes);
  return {.fifo = IsFifo(topic),
          .deduplicates_by_content = settings.deduplication.by_content,
          .max_bytes = max_bytes,
          .max_batch_bytes = strict ? max_bytes : model::kMaxBatchBytes,
          .max_batch_entries = strict ? kMaxBatchEntries : model::kMaxBatchMessages,
          .documented_numbers = strict,
          .signs_with_sha256 = SignatureVersion(settings) == "2"};
}

Result<void, Refusal> CheckIds(const MessageInput& in, const PublishRules& rules) {
  if (in.group_id && !IsId(*in.group_id)) {
    return Wrong(
        fmt::format("MessageGroupId Reason: it can be 1 to {} letters, digits and punctuation", kMaxIdCharacters));
  }
  if (!rules.fifo) {
    if (!in.deduplication_id) return {};
    return Wrong(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for "
        "this topic type");
  }
  if (!in.group_id) return Wrong("The MessageGroupId parameter is required for FIFO topics");
  if (in.deduplication_id && !IsId(*in.deduplication_id)) {
    return Wrong(fmt::format("MessageDeduplicationId Reason: it can be 1 to {} letters, digits and punctuation",
                             kMaxIdCharacters));
  }
  if (!in.deduplication_id && !rules.deduplicates_by_content) {
    return Wrong(
        "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
        "explicitly");
  }
  return {};
}

Result<engine::PublishEntry, Refusal> ToEntry(MessageInput in, const PublishRules& rules) {
  if (in.message.empty()) return Wrong("Empty message");
  if (SizeBytes(in) > rules.max_bytes) {
    return Wrong(
        fmt::format("Message too long: {} bytes with its attributes; at most {}", SizeBytes(in), rules.max_bytes));
  }
  if (in.subject) {
    const std::string& subject = *in.subject;
    if (subject.empty() || CountCharacters(subject) > kMaxSubjectCharacters ||
        std::any_of(subject.begin(), subject.end(), IsControl)) {
      return Wrong(
          fmt::format("Subject Reason: it can be 1 to {} characters without line breaks and control characters",
                      kMaxSubjectCharacters));
    }
  }
  if (auto checked = CheckIds(in, rules); !checked.ok()) return std::move(checked).error();
  auto body = BodyOf(in);
  if (!body.ok()) return std::move(body).error();
  auto attributes = ToModel(std::move(in.attributes));
  if (!attributes.ok()) return std::move(attributes).error();
  if (rules.documented_numbers) {
    if (const auto name = UndocumentedNumber(*attributes)) return NotANumber(*name);
  }

  engine::PublishEntry entry;
  entry.content.body = *std::move(body);
  entry.content.attributes = *std::move(attributes);
  entry.content.subject = std::move(in.subject).value_or("");
  entry.content.ordering_key = std::move(in.group_id).value_or("");
  // What the content stands for is told to receivers, so it is made here.
  if (rules.fifo)
    entry.content.deduplication_id =
        in.deduplication_id ? *std::move(in.deduplication_id) : HexEncode(Sha256(in.message));
  if (rules.signs_with_sha256)
    entry.content.system_attributes[kSignatureVersion] = {model::AttributeKind::kText, "2", {}};
  return entry;
}

bool SignsWithSha256(const model::MessageContent& content) {
  const auto found = content.system_attributes.find(kSignatureVersion);
  return found != content.system_attributes.end() && found->second.value == "2";
}

}  // namespace broker::aws::sns
