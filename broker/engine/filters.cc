#include "broker/engine/filters.h"

#include <algorithm>

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

bool FiltersQueues(const Topic& topic) {
  return std::any_of(topic.subscriptions.begin(), topic.subscriptions.end(), [](const Subscription* subscription) {
    return subscription->queue != nullptr && subscription->backlog == nullptr && subscription->settings.filter;
  });
}

}  // namespace broker::engine
