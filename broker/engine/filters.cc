// Holding messages against filters, on the strand: a message that many look at is parsed once.
#include <algorithm>

#include "broker/engine/core.h"

namespace broker::engine {

const model::FilterInput* Engine::Core::InputOf(const model::MessagePtr& message) {
  if (looked_at_ != message) {
    input_ = message == nullptr ? nullptr : std::make_unique<model::FilterInput>(message->content);
    looked_at_ = message;
  }
  return input_.get();
}

void Engine::Core::ForgetInput() {
  input_.reset();
  looked_at_.reset();
}

bool Engine::Core::Passes(const std::optional<model::Filter>& filter, const model::FilterInput* input) {
  return !filter || input == nullptr || filter->Matches(*input);
}

std::optional<bool> Engine::Core::Passes(const Cursor& cursor, const StoredRecord& record) {
  if (!cursor.filter || record.damaged) return true;
  if (record.held || record.filtered_out) return false;
  if (record.message == nullptr) return std::nullopt;
  return Passes(cursor.filter, InputOf(record.message));
}

bool Engine::Core::Reaches(const Topic& topic, const model::FilterInput& input) {
  return std::any_of(topic.subscriptions.begin(), topic.subscriptions.end(),
                     [&](const Subscription* subscription) { return Passes(subscription->settings.filter, &input); });
}

bool Engine::Core::FiltersQueues(const Topic& topic) {
  return std::any_of(topic.subscriptions.begin(), topic.subscriptions.end(), [](const Subscription* subscription) {
    return subscription->queue != nullptr && subscription->backlog == nullptr && subscription->settings.filter;
  });
}

}  // namespace broker::engine
