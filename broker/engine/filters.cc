#include "broker/engine/filters.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/model/limits.h"

namespace broker::engine {

const model::FilterInput* LastInput::Of(const model::MessagePtr& message) {
  if (message_ != message) {
    input_ = message == nullptr ? nullptr : std::make_unique<model::FilterInput>(message->content);
    message_ = message;
  }
  return input_.get();
}

void LastInput::Forget() {
  input_.reset();
  message_.reset();
}

bool Passes(const std::optional<model::Filter>& filter, const model::FilterInput* input) {
  return !filter || input == nullptr || filter->Matches(*input);
}

std::optional<bool> LastInput::Passes(const Cursor& cursor, const StoredRecord& record) {
  if (!cursor.filter || record.damaged) return true;
  if (record.held || record.filtered_out) return false;
  if (record.message == nullptr) return std::nullopt;
  return engine::Passes(cursor.filter, Of(record.message));
}

bool Reaches(const Topic& topic, const model::FilterInput& input) {
  return std::any_of(topic.subscriptions.begin(), topic.subscriptions.end(),
                     [&](const Subscription* subscription) { return Passes(subscription->settings.filter, &input); });
}

Status CheckFilterSteps(const Topic& topic, const std::vector<PublishEntry>& entries) {
  std::uint64_t steps = 0;
  for (const PublishEntry& entry : entries) {
    const model::FilterInput input(entry.content);
    for (const Subscription* subscription : topic.subscriptions) {
      if (const auto& filter = subscription->settings.filter) steps += filter->MostSteps(input);
    }
  }
  if (steps <= model::kMaxFilterSteps) return {};
  return Error(ErrorCode::kLimitExceeded, "TOO_MANY_FILTER_STEPS",
               fmt::format("holding {} message(s) against the filters of topic \"{}\" takes up to {} steps (values in the "
                           "messages x conditions on them); at most {}: publish fewer at once, or with fewer values",
                           entries.size(), topic.name, steps, model::kMaxFilterSteps),
               "topic/" + topic.name);
}

bool FiltersQueues(const Topic& topic) {
  return std::any_of(topic.subscriptions.begin(), topic.subscriptions.end(), [](const Subscription* subscription) {
    return subscription->queue != nullptr && subscription->backlog == nullptr && subscription->settings.filter;
  });
}

}  // namespace broker::engine
