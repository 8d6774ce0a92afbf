#include "broker/aws/sqs/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {
namespace {

constexpr std::size_t kMaxIdBytes = 80;

bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdBytes && std::all_of(id.begin(), id.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

}  // namespace

std::optional<Refusal> CheckIds(const std::vector<std::string_view>& ids, std::string_view shape,
                                const Limits& limits) {
  if (ids.empty()) {
    return Refuse(SqsFault::kEmptyBatchRequest, fmt::format("There should be at least one {} in the request.", shape));
  }
  if (ids.size() > limits.batch_entries) {
    return Refuse(SqsFault::kTooManyEntriesInBatchRequest,
                  fmt::format("Maximum number of entries per request are {}. You have sent {}.", limits.batch_entries,
                              ids.size()));
  }
  std::set<std::string_view> seen;
  for (const std::string_view id : ids) {
    if (!IsId(id)) {
      return Refuse(
          SqsFault::kInvalidBatchEntryId,
          fmt::format("A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can "
                      "be at most {} letters long.",
                      kMaxIdBytes));
    }
    if (!seen.insert(id).second) {
      return Refuse(SqsFault::kBatchEntryIdsNotDistinct, fmt::format("Id {} repeated.", Shown(id)));
    }
  }
  return std::nullopt;
}

Refusal MissingInEntry(std::string_view shape, std::size_t index, std::string_view member) {
  return Missing(fmt::format("{}.{}.{}", shape, index + 1, member));
}

void WriteFailures(Writer& w, const std::vector<BatchFailure>& failures) {
  w.List({"Failed", "BatchResultErrorEntry"}, failures, [](Writer& each, const BatchFailure& failure) {
    each.Text("Id", std::string_view(failure.id));
    each.Boolean("SenderFault", failure.why.fault.sender);
    each.Text("Code", failure.why.fault.code);
    each.Text("Message", std::string_view(failure.why.message));
  });
}

}  // namespace broker::aws::sqs
