#include "broker/aws/sqs/message_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "broker/aws/attribute_type.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/model/decimal.h"

namespace broker::aws::sqs {
namespace {

using model::AttributeKind;

constexpr std::size_t kMaxNameBytes = 256;

Refusal Invalid(std::string message) { return Refuse(SqsFault::kInvalidParameterValue, std::move(message)); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::optional<Refusal> CheckName(std::string_view name) {
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), allowed)) {
    return Invalid(
        fmt::format("The message attribute name '{}' is invalid. Attribute name can contain A-Z, a-z, 0-9, "
                    "underscore (_), hyphen (-), and period (.) characters.",
                    Shown(name)));
  }
  if (name.size() > kMaxNameBytes) {
    return Invalid(fmt::format("Message (user) attribute names must be at most {} bytes; '{}' has {}.", kMaxNameBytes,
                               Shown(name), name.size()));
  }
  const std::string lower = Lower(name);
  if (lower.starts_with("aws.") || lower.starts_with("amazon.") || name.front() == '.' || name.back() == '.' ||
      name.find("..") != std::string_view::npos) {
    return Invalid(
        "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for "
        "internal use. Additionally, they cannot start or end with '.', nor have two of them in a row.");
  }
  return std::nullopt;
}

Result<MessageAttribute, Refusal> CheckValue(const std::string& name, AttributeValue value) {
  if (!value.texts.empty() || !value.blobs.empty()) {
    return Refuse(SqsFault::kUnsupportedOperation,
                  "Message attribute list values in SendMessage operation are not supported.");
  }
  const std::string type = value.type.value_or("");
  if (type.empty()) {
    return Invalid(fmt::format("The message attribute '{}' must contain a non-empty message attribute type.", name));
  }
  const auto kind = AttributeKindOf(type);
  if (!kind || type.size() > kMaxNameBytes || !IsCarried(type)) {
    return Invalid(
        fmt::format("The message attribute '{}' has an invalid message attribute type, the set of supported type "
                    "prefixes is Binary, Number, and String.",
                    name));
  }
  const bool binary = *kind == AttributeKind::kBytes;
  std::optional<std::string>& given = binary ? value.bytes : value.text;
  if (!given || given->empty()) {
    return Invalid(
        fmt::format("The message attribute '{}' must contain non-empty message attribute value for message "
                    "attribute type '{}'.",
                    name, Shown(type)));
  }
  if ((binary ? value.text : value.bytes).has_value()) {
    return Invalid(fmt::format("The message attribute '{}' has more than one value.", name));
  }
  if (!binary && !IsCarried(*given)) {
    return Invalid(fmt::format("The value of the message attribute '{}' has invalid characters.", name));
  }
  if (*kind == AttributeKind::kNumber && !model::Decimal::Parse(*given)) {
    return NotANumber(name);
  }
  return MessageAttribute{type, *std::move(given)};
}

}  // namespace

Refusal NotANumber(std::string_view name) {
  return Invalid(fmt::format("Can't cast the value of message (user) attribute '{}' to a number.", name));
}

void Read(Fields& f, AttributeValue& in) {
  f.Optional("DataType", in.type);
  f.Optional("StringValue", in.text);
  f.Bytes("BinaryValue", in.bytes);
  f.List({"StringListValues", "StringListValue"}, in.texts);
  f.List({"BinaryListValues", "BinaryListValue"}, in.blobs);
}

Result<MessageAttributes, Refusal> CheckAttributes(AttributeValues values) {
  MessageAttributes attributes;
  for (auto& [name, value] : values) {
    if (auto refusal = CheckName(name)) return *std::move(refusal);
    auto attribute = CheckValue(name, std::move(value));
    if (!attribute.ok()) return std::move(attribute).error();
    if (!attributes.emplace(name, *std::move(attribute)).second) {
      return Invalid(fmt::format("The message attribute '{}' is there twice.", name));
    }
  }
  return attributes;
}

model::Attributes ToModel(const MessageAttributes& attributes) {
  model::Attributes model;
  for (const auto& [name, attribute] : attributes) model[name] = aws::ToModel(attribute);
  return model;
}

MessageAttributes FromModel(const model::Attributes& model) {
  MessageAttributes attributes;
  for (const auto& [name, attribute] : model) attributes[name] = ToWire(attribute);
  return attributes;
}

std::size_t SizeOf(const MessageAttributes& attributes) {
  std::size_t size = 0;
  for (const auto& [name, attribute] : attributes) size += name.size() + attribute.type.size() + attribute.value.size();
  return size;
}

}  // namespace broker::aws::sqs
