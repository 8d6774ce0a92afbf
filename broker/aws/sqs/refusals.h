// Refusals in the texts of the real service that more than one action uses. Pure functions.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/sqs_fault.h"
#include "broker/aws/wire/fields.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws::sqs {

inline Refusal InvalidValue(std::string_view parameter, std::string_view value, std::string_view reason) {
  return Refuse(SqsFault::kInvalidParameterValue,
                fmt::format("Value {} for parameter {} is invalid. Reason: {}", Shown(value), parameter, reason));
}

inline Refusal OutOfRange(std::string_view parameter, std::int64_t value, Range range) {
  return InvalidValue(parameter, fmt::format("{}", value),
                      fmt::format("Must be >= {} and <= {}, if provided.", range.least, range.most));
}

inline bool IsWithin(std::int64_t value, Range range) { return value >= range.least && value <= range.most; }

inline Refusal Missing(std::string_view parameter) {
  return Refuse(SqsFault::kMissingParameter, fmt::format("The request must contain the parameter {}.", parameter));
}

inline Refusal NotOfThisQueue(std::string_view parameter, std::string_view value) {
  return InvalidValue(parameter, value, "The request include parameter that is not valid for this queue type.");
}

inline constexpr std::size_t kMaxTokenBytes = 128;

// Of groups, deduplication ids and attempts.
inline std::optional<Refusal> CheckToken(std::string_view parameter, const std::optional<std::string>& token) {
  if (!token) return std::nullopt;
  const bool plain = std::all_of(token->begin(), token->end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (plain && !token->empty() && token->size() <= kMaxTokenBytes) return std::nullopt;
  return InvalidValue(parameter, *token,
                      fmt::format("{} can only include alphanumeric and punctuation characters. 1 to {} "
                                  "in length.",
                                  parameter, kMaxTokenBytes));
}

inline Refusal UnknownAttribute(std::string_view name) {
  return Refuse(SqsFault::kInvalidAttributeName, fmt::format("Unknown Attribute {}.", Shown(name)));
}

}  // namespace broker::aws::sqs
