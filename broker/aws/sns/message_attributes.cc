#include "broker/aws/sns/message_attributes.h"

#include <fmt/format.h>

#include <string_view>

#include "broker/aws/attribute_type.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/shown.h"
#include "broker/model/decimal.h"
#include "broker/model/filter_input.h"
#include "broker/model/limits.h"

namespace broker::aws::sns {
namespace {

using model::AttributeKind;

Refusal Wrong(std::string why) { return Refuse(SnsFault::kInvalidParameterValue, std::move(why)); }

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

Result<void, Refusal> CheckName(std::string_view name) {
  if (name.empty()) return Wrong("The message attribute name must not be empty.");
  if (name.size() > model::kMaxAttributeNameBytes) {
    return Wrong(
        fmt::format("Length of message attribute name must be less than {} bytes.", model::kMaxAttributeNameBytes));
  }
  if (name.front() == '.') return Wrong("Invalid message attribute name starting with character '.' was found.");
  if (name.back() == '.') return Wrong("Invalid message attribute name ending with character '.' was found.");
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!IsNameCharacter(name[i])) {
      return Wrong(
          fmt::format("Invalid non-alphanumeric character '#x{:X}' was found in the message attribute name. Can only "
                      "include alphanumeric characters, hyphens, underscores, or dots.",
                      static_cast<unsigned char>(name[i])));
    }
    if (i > 0 && name[i] == '.' && name[i - 1] == '.') {
      return Wrong("Message attribute name can not have successive '.' character.");
    }
  }
  return {};
}

Result<model::Attribute, Refusal> Check(const std::string& name, AttributeInput input) {
  const auto kind = AttributeKindOf(input.type);
  if (!kind || !IsCarried(input.type)) {
    return Wrong(
        fmt::format("The message attribute '{}' has an invalid message attribute type, the set of supported type "
                    "prefixes is Binary, Number, and String.",
                    name));
  }
  const bool binary = *kind == AttributeKind::kBytes;
  if (binary ? input.text && !input.bytes : input.bytes && !input.text) {
    return Wrong(fmt::format("The message attribute '{}' with type '{}' must use field '{}'.", name, Shown(input.type),
                             binary ? "Binary" : "String"));
  }
  std::string value = (binary ? input.bytes : input.text).value_or("");
  if (value.empty()) {
    return Wrong(
        fmt::format("The message attribute '{}' must contain non-empty message attribute value for message "
                    "attribute type '{}'.",
                    name, Shown(input.type)));
  }
  if (*kind == AttributeKind::kNumber && !model::Decimal::Parse(value)) {
    return NotANumber(name);
  }
  if (input.type == model::kListLabel) {
    const auto list = ReadJson(value);
    if (!list.ok() || list->kind != Value::Kind::kList) {
      return Wrong(
          fmt::format("The message attribute '{}' with type '{}' is not a JSON array.", name, model::kListLabel));
    }
  }
  return aws::ToModel({std::move(input.type), std::move(value)});
}

}  // namespace

Refusal NotANumber(std::string_view name) {
  return Wrong(fmt::format("Could not cast message attribute '{}' value to number.", name));
}

void Read(Fields& f, AttributeInput& in) {
  f.Required("DataType", in.type);
  f.Optional("StringValue", in.text);
  f.Bytes("BinaryValue", in.bytes);
}

Result<model::Attributes, Refusal> ToModel(AttributeInputs inputs) {
  model::Attributes attributes;
  for (auto& [name, input] : inputs) {
    if (auto named = CheckName(name); !named.ok()) return std::move(named).error();
    auto attribute = Check(name, std::move(input));
    if (!attribute.ok()) return std::move(attribute).error();
    if (!attributes.emplace(name, *std::move(attribute)).second) {
      return Wrong(fmt::format("Message attribute name '{}' already exists.", name));
    }
  }
  return attributes;
}

}  // namespace broker::aws::sns
