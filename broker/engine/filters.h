// Holding messages against filters.
#pragma once

#include <memory>
#include <optional>

#include "broker/engine/catalog.h"
#include "broker/engine/stored_record.h"
#include "broker/model/filter.h"

namespace broker::engine {

// What cannot be read (null) passes: where it lands it shows as damaged.
bool Passes(const std::optional<model::Filter>& filter, const model::FilterInput* input);
// Whether any subscription of the topic gets it.
bool Reaches(const Topic& topic, const model::FilterInput& input);
// Filters run on the strand: what takes too many steps is refused. Errors: kLimitExceeded, TOO_MANY_FILTER_STEPS.
Status CheckFilterSteps(const Topic& topic, const std::vector<PublishEntry>& entries);
// Whether a queue that gets the topic's messages at once has a filter.
bool FiltersQueues(const Topic& topic);

// The message that was looked at last, parsed: so one that many filters look at in turn is parsed once.
// Confined to the engine's strand.
class LastInput {
 public:
  // Null for null. Holds until the next call of any of these.
  const model::FilterInput* Of(const model::MessagePtr& message);
  // Whether it is there for the cursor; nullopt: its message has to be read first.
  std::optional<bool> Passes(const Cursor& cursor, const StoredRecord& record);
  void Forget();

 private:
  model::MessagePtr message_;
  std::unique_ptr<model::FilterInput> input_;
};

}  // namespace broker::engine
