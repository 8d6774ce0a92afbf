#include "broker/aws/attribute_type.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "broker/aws/wire/xml_writer.h"
#include "broker/base/check.h"
#include "broker/base/utf8.h"
#include "broker/model/decimal.h"

namespace broker::aws {
namespace {

using model::AttributeKind;

std::string_view NameOf(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kText: return "String";
    case AttributeKind::kNumber: return "Number";
    case AttributeKind::kBytes: return "Binary";
  }
  return "String";
}

bool IsOfKind(std::string_view type, AttributeKind kind) {
  const std::string_view name = NameOf(kind);
  return type.starts_with(name) && (type.size() == name.size() || type[name.size()] == '.');
}

}  // namespace

std::optional<AttributeKind> AttributeKindOf(std::string_view type) {
  for (const AttributeKind kind : {AttributeKind::kText, AttributeKind::kNumber, AttributeKind::kBytes}) {
    if (IsOfKind(type, kind)) return kind;
  }
  return std::nullopt;
}

bool IsDocumentedNumber(std::string_view value) {
  const auto number = model::Decimal::Parse(value);
  return number && number->digits() <= 38 && number->magnitude() >= -128 && number->magnitude() <= 126;
}

std::optional<std::string> UndocumentedNumber(const model::Attributes& attributes) {
  for (const auto& [name, attribute] : attributes) {
    if (attribute.kind == AttributeKind::kNumber && !IsDocumentedNumber(attribute.value)) return name;
  }
  return std::nullopt;
}

model::Attribute ToModel(MessageAttribute attribute) {
  const auto kind = AttributeKindOf(attribute.type);
  BROKER_CHECK(kind.has_value());
  if (attribute.type == NameOf(*kind)) attribute.type.clear();
  return {*kind, std::move(attribute.value), std::move(attribute.type)};
}

MessageAttribute ToWire(const model::Attribute& attribute) {
  const std::string_view kind = NameOf(attribute.kind);
  std::string type = attribute.label.empty()                     ? std::string(kind)
                     : IsOfKind(attribute.label, attribute.kind) ? attribute.label
                                                                 : fmt::format("{}.{}", kind, attribute.label);
  if (attribute.kind != AttributeKind::kBytes && !IsCarried(attribute.value)) type = "Binary." + type;
  return {std::move(type), attribute.value};
}

bool IsCarried(std::string_view text) { return IsUtf8(text) && IsXmlText(text); }

}  // namespace broker::aws
