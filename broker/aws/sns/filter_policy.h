// A subscription's filter policy, compiled to the broker's own filter. Pure function.
//
//   policy = { KEY : [ TEST, ... ], ..., "$or" : [ policy, policy, ... ] }     all keys, any test of each
//   TEST   = "text" | number | true | false | null | {"prefix": "a"} | {"suffix": "z"} | {"equals-ignore-case": "Red"}
//          | {"anything-but": TEST or [ "text" or number, ... ]} | {"numeric": [">", 0, "<=", 10]} | {"exists": true}
//          | {"cidr": "10.0.0.0/8"}
//
// In the scope of attributes a policy is flat; in the scope of the body a key may hold a policy of what is below it, and
// only a JSON object matches.
// Limits and words are the real service's: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
#pragma once

#include <optional>
#include <string_view>

#include "broker/aws/fault.h"
#include "broker/base/result.h"
#include "broker/model/filter.h"

namespace broker::aws::sns {

enum class FilterScope { kAttributes, kBody };

inline constexpr std::size_t kMaxFilterKeys = 5;  // of those that must hold together
inline constexpr std::uint64_t kMaxFilterCombinations = 150;

// "MessageAttributes", "MessageBody"
std::optional<FilterScope> ParseFilterScope(std::string_view text);

// nullopt for "{}" and for an empty text, which let everything pass. Errors: InvalidParameter; the message begins with
// `place`, "FilterPolicy" or "Attributes Reason: FilterPolicy".
Result<std::optional<model::Filter>, Refusal> CompileFilterPolicy(std::string_view place, std::string_view policy,
                                                                  FilterScope scope);

}  // namespace broker::aws::sns
