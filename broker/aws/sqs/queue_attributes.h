// The attributes of queues: one table says for each what it is called, how it is set, and how it is shown. What the engine
// has is one of its settings; what only this face knows is an annotation, "aws.NAME". Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/aws/sqs/limits.h"
#include "broker/aws/sqs/redrive_policy.h"
#include "broker/engine/commands.h"

namespace broker::aws::sqs {

using Texts = std::vector<std::pair<std::string, std::string>>;

// Settings under change.
struct QueueDraft {
  Terms terms;
  const Limits& limits;
  bool creating = false;
  model::QueueSettings settings;  // `ordered` says whether it is a FIFO queue
};

// Sets what `attributes` name; of a name that is there twice the last counts. Afterwards the draft is whole, or of no use.
std::optional<Refusal> SetAttributes(const Texts& attributes, QueueDraft& draft);

// What of a queue is shown.
struct QueueView {
  const Identity& identity;
  const Limits& limits;
  const std::string& name;
  const model::QueueSettings& settings;
  Time created{};
  engine::Stats stats;
};

// The attributes of these names ("All" is all of them) that the queue has. Errors: a name that no queue has.
Result<Texts, Refusal> ShowAttributes(const std::vector<std::string>& names, const QueueView& view);
// The first of `attributes` that the draft made from `view` shows differently.
std::optional<std::string> FirstDifference(const Texts& attributes, const QueueView& view, const QueueDraft& draft);

bool IsQueueAttribute(std::string_view name);

}  // namespace broker::aws::sqs
