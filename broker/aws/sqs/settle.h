// What became of receipt handles, in the words of this wire. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/aws/sqs/batch.h"
#include "broker/aws/wire/writer.h"
#include "broker/base/result.h"
#include "broker/engine/commands.h"

namespace broker::aws::sqs {

enum class Settling { kDelete, kChangeVisibility };

// Why the `index`th receipt of an answer did nothing, where that is to be told: deleting what is gone is fine.
std::optional<Refusal> WhyNot(Settling settling, const engine::SettleResponse& answer, std::size_t index,
                              const std::string& receipt, Form form);

std::optional<Refusal> CheckVisibility(std::int64_t seconds, const Limits& limits);
engine::ExtendEntry ToExtend(const std::string& receipt, std::int64_t visibility_seconds, const Limits& limits);

// What the batches answer. `Entry` has an `id` and a `receipt`.
struct Settled {
  std::vector<std::string> done;
  std::vector<BatchFailure> failed;
};
template <class Entry>
void Sort(Settling settling, const engine::SettleResponse& answer, const std::vector<Entry>& entries, Form form,
          Settled& out) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (auto refusal = WhyNot(settling, answer, i, entries[i].receipt, form)) {
      out.failed.push_back({entries[i].id, *std::move(refusal)});
    } else {
      out.done.push_back(entries[i].id);
    }
  }
}

// `result` is what the form calls an entry of the list ("DeleteMessageBatchResultEntry").
void WriteSettled(Writer& w, const char* result, const Settled& settled);

}  // namespace broker::aws::sqs
