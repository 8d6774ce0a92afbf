// Types of message attributes on this wire: "String", "Number" and "Binary", each perhaps with a label behind a dot.
//
//   "Number"        <-> number
//   "Number.price"  <-> number labelled "Number.price"
// On the way out a label that some other protocol gave ("price") follows the kind's name, and text that this wire cannot
// carry goes as bytes ("Binary.String"). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/wire/md5.h"
#include "broker/model/message.h"

namespace broker::aws {

// nullopt for a type that is none: "Text", "Numbers".
std::optional<model::AttributeKind> AttributeKindOf(std::string_view type);

// Whether it is one of the numbers that both services document: at most 38 digits, the first of them at
// 10^-128 to 10^126.
bool IsDocumentedNumber(std::string_view value);
// Of what is a number at all, the name of the first attribute that is none of those.
std::optional<std::string> UndocumentedNumber(const model::Attributes& attributes);

// REQUIRES: AttributeKindOf(attribute.type)
model::Attribute ToModel(MessageAttribute attribute);
MessageAttribute ToWire(const model::Attribute& attribute);

// Whether this wire can carry the text: UTF-8 without the characters that XML forbids.
bool IsCarried(std::string_view text);

// That a body goes in base64 because this wire cannot carry it, an attribute of this name says, whose value is "base64".
inline constexpr std::string_view kBodyEncodingAttribute = "broker.body-encoding";

}  // namespace broker::aws
