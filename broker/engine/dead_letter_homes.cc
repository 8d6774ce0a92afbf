#include "broker/engine/dead_letter_homes.h"

#include <fmt/format.h>

#include <algorithm>

#include "broker/engine/filters.h"

namespace broker::engine {

DeadLetterHome DeadLetterHomes::Find(const std::string& name_space, const std::optional<model::RedrivePolicy>& policy,
                                     const model::FilterInput* input) const {
  DeadLetterHome home;
  if (!policy) {
    home.problem = "it has no dead-letter target";
    return home;
  }
  const model::ResourceRef& target = policy->target;
  if (target.kind == model::ResourceKind::kQueue) {
    home.queue = catalog_.queues.Find(name_space, target.name);
  } else {
    home.topic = catalog_.topics.Find(name_space, target.name);
  }
  if (room_.full()) {
    home.problem = *room_.full();
  } else if (home.queue == nullptr && home.topic == nullptr) {
    home.problem = fmt::format("the dead-letter target {} does not exist", target.ToString());
  } else if (home.topic != nullptr && home.topic->subscriptions.empty()) {
    home.problem = fmt::format("nobody subscribes to the dead-letter target {}", target.ToString());
  }
  if (!home.problem.empty()) return home;
  home.takes_all = home.topic == nullptr ||
                   std::any_of(home.topic->subscriptions.begin(), home.topic->subscriptions.end(),
                               [](const Subscription* subscription) { return !subscription->settings.filter; });
  if (home.topic != nullptr && input != nullptr && !Reaches(*home.topic, *input)) {
    home.problem = fmt::format("it passes no filter of those who subscribe to the dead-letter target {}", target.ToString());
  }
  return home;
}

DeadLetterHome DeadLetterHomes::FindForCopy(const Subscription& subscription, const model::FilterInput& input) const {
  DeadLetterHome own = Find(subscription.name_space, subscription.settings.delivery.redrive, &input);
  return own.problem.empty() ? own : Find(*subscription.queue->cursor, &input);
}

}  // namespace broker::engine
