#include "broker/engine/bounds.h"

#include <fmt/format.h>

#include "broker/engine/filters.h"

namespace broker::engine {
namespace {

bool Within(const model::Bounds& bounds, const Totals& held) {
  return (bounds.max_messages == 0 || held.messages <= bounds.max_messages) &&
         (bounds.max_bytes == 0 || held.bytes <= bounds.max_bytes);
}

bool IsBounded(const Queue& queue) {
  return queue.settings.bounds.max_messages > 0 || queue.settings.bounds.max_bytes > 0;
}

Error QueueFull(const Queue& queue, const Totals& held, std::uint64_t size_bytes) {
  const model::Bounds& bounds = queue.settings.bounds;
  std::string limit;
  if (bounds.max_messages > 0) limit = fmt::format("{} messages", bounds.max_messages);
  if (bounds.max_bytes > 0) limit += fmt::format("{}{} bytes", limit.empty() ? "" : " and ", bounds.max_bytes);
  return Error(ErrorCode::kLimitExceeded, "QUEUE_FULL",
               fmt::format("queue \"{}\" is full: it holds {} messages of {} bytes and takes at most {}; a message of {} "
                           "bytes does not fit{}",
                           queue.name, held.messages, held.bytes, limit, size_bytes,
                           bounds.overflow == model::Overflow::kDropOldest ? ", and nothing can be dropped for it" : ""),
               "queue/" + queue.name);
}

}  // namespace

Totals Bounds::Held(const Queue& queue) {
  const Outstanding& outstanding = queue.cursor->outstanding;
  return queue.cursor->unread() + outstanding.all() - outstanding.dying() + queue.log->delayed;
}

bool Bounds::Exceeds(const Queue& queue) { return !Within(queue.settings.bounds, Held(queue)); }

Room Bounds::RoomFor(const Queue& queue, std::uint64_t size_bytes, const Planned& before) const {
  if (!IsBounded(queue)) return Room::kEnough;
  const model::Bounds& bounds = queue.settings.bounds;
  const Totals added{1, size_bytes};
  if (Within(bounds, Held(queue) + before.all + added)) return Room::kEnough;
  if (bounds.overflow != model::Overflow::kDropOldest) return Room::kNone;
  const Totals fixed = queue.cursor->outstanding.leased() + queue.log->delayed + before.delayed;
  if (!Within(bounds, fixed + added)) return Room::kNone;
  if (queue.settings.delivery.redrive && !homes_.Find(*queue.cursor).takes_all) return Room::kNone;
  return Room::kByDropping;
}

Status Bounds::Admit(Publishable target, const model::FilterInput& input, std::uint64_t size_bytes, bool delayed,
                     Plans& plans) const {
  const auto plan = [&](const Queue& queue, bool as_delayed) {
    Planned& planned = plans[&queue];
    planned.all += {1, size_bytes};
    if (as_delayed) planned.delayed += {1, size_bytes};
  };
  if (target.queue != nullptr) {
    const Queue& queue = *target.queue;
    if (!IsBounded(queue)) return {};
    const Planned before = plans[&queue];
    if (RoomFor(queue, size_bytes, before) == Room::kNone) return QueueFull(queue, Held(queue) + before.all, size_bytes);
    plan(queue, delayed);
    return {};
  }
  if (delayed) return {};  // nobody has it yet
  for (const Subscription* subscription : target.topic->subscriptions) {
    if (subscription->queue == nullptr || subscription->backlog != nullptr) continue;
    if (!IsBounded(*subscription->queue) || !Passes(subscription->settings.filter, &input)) continue;
    const Queue& queue = *subscription->queue;
    const Planned before = plans[&queue];
    if (RoomFor(queue, size_bytes, before) != Room::kNone) {
      plan(queue, !queue.settings.delivery.ordered && queue.settings.delay > Nanos{0});
    } else if (!homes_.FindForCopy(*subscription, input).problem.empty()) {
      return QueueFull(queue, Held(queue) + before.all, size_bytes);
    }
  }
  return {};
}

}  // namespace broker::engine
