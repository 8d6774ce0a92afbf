// What a person types for a message, read into plain values: bodies and attributes.
#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker::cli {

enum class AttributeKind { kText, kNumber, kBytes };

struct AttributeInput {
  std::string name;
  AttributeKind kind = AttributeKind::kText;
  std::string value;  // bytes are decoded
};

// "name=value", "name:number=12", "name:bytes=BASE64", "name:text=value". The last ':' before the first '=' starts the
// kind only if a kind follows it, so that "a:b=c" is the text attribute "a:b".
Result<AttributeInput> ParseAttribute(std::string_view text);

inline constexpr std::size_t kMaxBodyBytes = 10u << 20;  // of a message, as the broker's API says

// What was typed for `flag`: "-" is all of `in`, "@FILE" the file's bytes, "@@x" the text "@x", anything else itself.
// Errors: what cannot be read, and what has more than kMaxBodyBytes, which may have no end.
Result<std::string> ReadBody(std::string_view flag, const std::string& text, std::istream& in);

}  // namespace broker::cli
