// What the batch actions have in common: rules for their entries, and the list of those that failed. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/aws/sqs/limits.h"
#include "broker/aws/wire/writer.h"

namespace broker::aws::sqs {

struct BatchFailure {
  std::string id;
  Refusal why;
};

// Wrong in one entry is wrong in all. `shape` is the entries' own name ("DeleteMessageBatchRequestEntry").
std::optional<Refusal> CheckIds(const std::vector<std::string_view>& ids, std::string_view shape, const Limits& limits);

template <class Entry>
std::optional<Refusal> CheckBatch(const std::vector<Entry>& entries, std::string_view shape, const Limits& limits) {
  std::vector<std::string_view> ids;
  for (const Entry& entry : entries) ids.push_back(entry.id);
  return CheckIds(ids, shape, limits);
}

// Of the entry at `index`: it fails alone.
Refusal MissingInEntry(std::string_view shape, std::size_t index, std::string_view member);

void WriteFailures(Writer& w, const std::vector<BatchFailure>& failures);

}  // namespace broker::aws::sqs
