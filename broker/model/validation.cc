#include "broker/model/validation.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/base/utf8.h"
#include "broker/model/decimal.h"
#include "broker/model/limits.h"

namespace broker::model {
namespace {

Status CheckText(const std::string& field, std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return InvalidField(field, fmt::format("{} bytes; at most {}", text.size(), max_bytes));
  }
  if (!IsUtf8(text)) return InvalidField(field, "not valid UTF-8");
  return {};
}

Status CheckAttributes(const std::string& field, const Attributes& attributes) {
  if (attributes.size() > kMaxAttributes) {
    return InvalidField(field, fmt::format("{} attributes; at most {}", attributes.size(), kMaxAttributes));
  }
  for (const auto& [name, attribute] : attributes) {
    if (name.empty()) return InvalidField(field, "an attribute's name is empty");
    BROKER_RETURN_IF_ERROR(CheckText(field + " (name of an attribute)", name, kMaxAttributeNameBytes));
    const std::string path = fmt::format("{}[\"{}\"]", field, name);
    BROKER_RETURN_IF_ERROR(CheckText(path + ".label", attribute.label, kMaxNameBytes));
    if (attribute.kind == AttributeKind::kBytes) {
      if (attribute.value.size() > kMaxAttributeBytes) {
        return InvalidField(path, fmt::format("{} bytes; at most {}", attribute.value.size(), kMaxAttributeBytes));
      }
      continue;
    }
    BROKER_RETURN_IF_ERROR(CheckText(path, attribute.value, kMaxAttributeBytes));
    if (attribute.kind == AttributeKind::kNumber && !Decimal::Parse(attribute.value)) {
      return InvalidField(path, fmt::format("\"{}\" is not a decimal number", CutText(attribute.value, 64)));
    }
  }
  return {};
}

}  // namespace

Status CheckContent(const std::string& field, const MessageContent& content) {
  if (content.body.size() > kMaxBodyBytes) {
    return InvalidField(field + ".body", fmt::format("{} bytes; at most {}", content.body.size(), kMaxBodyBytes));
  }
  BROKER_RETURN_IF_ERROR(CheckText(field + ".subject", content.subject, kMaxSubjectBytes));
  BROKER_RETURN_IF_ERROR(CheckText(field + ".ordering_key", content.ordering_key, kMaxOrderingKeyBytes));
  BROKER_RETURN_IF_ERROR(CheckText(field + ".deduplication_id", content.deduplication_id, kMaxDeduplicationIdBytes));
  BROKER_RETURN_IF_ERROR(CheckAttributes(field + ".attributes", content.attributes));
  BROKER_RETURN_IF_ERROR(CheckAttributes(field + ".system_attributes", content.system_attributes));
  if (const auto size = SizeBytes(content); size > kMaxBatchBytes) {
    return InvalidField(field, fmt::format("{} bytes with its attributes; at most {}", size, kMaxBatchBytes));
  }
  return {};
}

Status CheckLabels(const std::string& field, const std::map<std::string, std::string>& labels) {
  if (labels.size() > kMaxLabels) {
    return InvalidField(field, fmt::format("{} labels; at most {}", labels.size(), kMaxLabels));
  }
  for (const auto& [name, value] : labels) {
    if (name.empty()) return InvalidField(field, "a label's name is empty");
    BROKER_RETURN_IF_ERROR(CheckText(field + " (name of a label)", name, kMaxLabelKeyBytes));
    BROKER_RETURN_IF_ERROR(CheckText(fmt::format("{}[\"{}\"]", field, name), value, kMaxLabelValueBytes));
  }
  return {};
}

std::string CutText(std::string_view text, std::size_t max_bytes) {
  std::string cut(text.substr(0, max_bytes));
  if (IsUtf8(text)) {
    while (!IsUtf8(cut)) cut.pop_back();  // at most three bytes of a character that was cut
    return cut;
  }
  std::replace_if(cut.begin(), cut.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return cut;
}

}  // namespace broker::model
