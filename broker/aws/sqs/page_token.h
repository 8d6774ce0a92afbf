// Tokens that go on where a page of names ended. Pure functions.
#pragma once

#include <optional>
#include <string>

#include "broker/aws/sqs_fault.h"
#include "broker/aws/wire/base64.h"
#include "broker/aws/wire/fields.h"
#include "broker/base/result.h"

namespace broker::aws::sqs {

inline constexpr Range kPageSizes{1, 1'000};

// From the last name of a page; nullopt for the last page.
inline std::optional<std::string> TokenAfter(const std::string& name) {
  return name.empty() ? std::nullopt : std::optional(Base64Encode(name));
}

// Where a page begins: after this name, which is empty for the first.
inline Result<std::string, Refusal> StartOf(const std::optional<std::string>& token) {
  if (!token) return std::string();
  auto name = Base64Decode(*token);
  if (!name || name->empty()) return Refuse(SqsFault::kInvalidParameterValue, "Invalid or expired next token.");
  return *std::move(name);
}

}  // namespace broker::aws::sqs
