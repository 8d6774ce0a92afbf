// Checks over several things of the catalog: quotas, and where dead letters may go.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "broker/engine/catalog.h"

namespace broker::engine {
namespace {

using model::ResourceKind;

// Whether a queue takes the dead letters of `owner`.
Status CheckAccess(const Queue& target, const model::ResourceRef& owner) {
  const model::DeadLetterAccess& access = target.settings.dead_letter_access;
  if (access.kind == model::DeadLetterAccess::Kind::kAll) return {};
  if (std::find(access.sources.begin(), access.sources.end(), owner) != access.sources.end()) return {};
  const std::string name = target.cursor->owner.ToString();
  return Error(ErrorCode::kFailedPrecondition, "DEAD_LETTER_ACCESS_DENIED",
               fmt::format("{} may not use {} for its dead letters: that takes {}", owner.ToString(), name,
                           access.sources.empty() ? "none" : "only those of its list"),
               name);
}

}  // namespace

Status Catalog::CheckQuota(const std::string& name_space, std::string_view what, std::uint64_t count,
                           std::uint64_t limit) {
  if (count < limit) return {};
  return Error(ErrorCode::kLimitExceeded, "QUOTA_EXCEEDED",
               fmt::format("namespace \"{}\" has {} {}; it may have {}", name_space, count, what, limit),
               "namespace/" + name_space);
}

Status Catalog::CheckRedrive(const std::string& name_space, const model::ResourceRef& owner,
                             const model::DeliverySettings& settings) const {
  if (!settings.redrive) return {};
  const model::ResourceRef& target = settings.redrive->target;
  if (target == owner) {
    return InvalidField("redrive.target", fmt::format("{} cannot be its own dead-letter target", owner.ToString()));
  }
  const bool is_topic = target.kind == ResourceKind::kTopic;
  if (is_topic ? topics.Find(name_space, target.name) == nullptr : queues.Find(name_space, target.name) == nullptr) {
    return Error(ErrorCode::kNotFound, is_topic ? "TOPIC_NOT_FOUND" : "QUEUE_NOT_FOUND",
                 fmt::format("the dead-letter {} \"{}\" does not exist; create it first", model::ToString(target.kind),
                             target.name),
                 target.ToString());
  }
  if (!is_topic) {
    BROKER_RETURN_IF_ERROR(CheckAccess(*queues.Find(name_space, target.name), owner));
  }
  return CheckNoWayBack(name_space, owner, target, owner);
}

Status Catalog::CheckNoWayBack(const std::string& name_space, const model::ResourceRef& owner,
                               const model::ResourceRef& from, const model::ResourceRef& to) const {
  std::set<model::ResourceRef> seen;
  std::vector<model::ResourceRef> ahead{from};
  const auto add_target = [&](const model::DeliverySettings& settings) {
    if (settings.redrive) ahead.push_back(settings.redrive->target);
  };
  while (!ahead.empty()) {
    const model::ResourceRef at = std::move(ahead.back());
    ahead.pop_back();
    if (at == to) {
      return Error(ErrorCode::kFailedPrecondition, "DEAD_LETTER_CYCLE",
                   fmt::format("dead letters of {} would come back to it by way of {}", owner.ToString(),
                               (from == owner ? to : from).ToString()),
                   owner.ToString());
    }
    if (!seen.insert(at).second) continue;
    if (at.kind == ResourceKind::kTopic) {
      const Topic* topic = topics.Find(name_space, at.name);
      if (topic == nullptr) continue;
      for (const Subscription* subscription : topic->subscriptions) {
        ahead.push_back({ResourceKind::kSubscription, subscription->name});
      }
    } else if (at.kind == ResourceKind::kQueue) {
      if (const Queue* queue = queues.Find(name_space, at.name)) add_target(queue->settings.delivery);
    } else if (const Subscription* subscription = subscriptions.Find(name_space, at.name)) {
      if (subscription->queue != nullptr) ahead.push_back(subscription->queue->cursor->owner);
      add_target(subscription->settings.delivery);
    }
  }
  return {};
}

std::vector<std::string> Catalog::DeadLetterSources(const std::string& name_space,
                                                    const model::ResourceRef& target) const {
  std::vector<std::string> sources;
  const auto add = [&](ResourceKind kind, const auto& owner) {
    const auto& redrive = owner.settings.delivery.redrive;
    if (owner.name_space != name_space || !redrive || redrive->target != target) return;
    sources.push_back(model::ResourceRef{kind, owner.name}.ToString());
  };
  queues.ForEach([&](const Queue& queue) { add(ResourceKind::kQueue, queue); });
  subscriptions.ForEach([&](const Subscription& subscription) { add(ResourceKind::kSubscription, subscription); });
  std::sort(sources.begin(), sources.end());
  return sources;
}

}  // namespace broker::engine
