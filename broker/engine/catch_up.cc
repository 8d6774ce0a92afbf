// Queue subscriptions that are paused or catching up. While one is paused what is published stays in the topic under
// a cursor of its own. When it goes on, that follows into the queue in order; what is published meanwhile goes the same
// way, until nothing is left and the cursor goes: then publishes fan out to the queue again.
//
// What waits expires by the queue's retention. If the topic is deleted it still follows, and the subscription goes then.
#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/store.h"

namespace broker::engine {
namespace {

constexpr std::size_t kStepRecords = 4'000;  // in one group, with what others do
constexpr std::size_t kStepBodies = 256;     // the same, when each body is parsed for the filter
constexpr Nanos kFullPause = std::chrono::seconds(1);

}  // namespace

void Engine::Core::Pause(Subscription& subscription) {
  if (subscription.backlog != nullptr) {
    subscription.backlog->log->waiting.erase(subscription.backlog->id.value());
    return;
  }
  Cursor& cursor = AddCursor(*subscription.topic->log, {.retention = subscription.queue->settings.delivery.retention},
                             subscription.name_space, {model::ResourceKind::kSubscription, subscription.name});
  cursor.use = CursorUse::kCatchUp;
  subscription.backlog = &cursor;
}

void Engine::Core::Resume(Subscription& subscription) {
  Cursor& cursor = *subscription.backlog;
  cursor.log->waiting.insert(cursor.id.value());
  Wake(cursor);
}

void Engine::Core::CatchUp(Subscription& subscription) {
  if (subscription.settings.paused) return;
  Cursor& cursor = *subscription.backlog;
  if (room_.full()) return timers_.Set({TimerKind::kCatchUp, cursor.id.value()}, now_ + kFullPause);
  const MessageLog& log = *cursor.log;
  const model::SubscriptionSettings& settings = subscription.settings;
  const std::size_t step = settings.filter && settings.filter->reads_body() ? kStepBodies : kStepRecords;
  const bool fed = Feed(cursor, log.next_sequence, step, settings.filter.has_value(),
                        [&](const StoredRecord& record, model::MessageId target) {
                          if (!Passes(settings.filter, input_.Of(record.message))) return;
                          GiveTo(*subscription.queue, {target, {}, subscription.name, settings.delivery_format}, record);
                        });
  if (!fed) return;
  if (cursor.position < log.next_sequence) return Wake(cursor);
  EndCatchUp(subscription);
}

void Engine::Core::EndCatchUp(Subscription& subscription) {
  RemoveCursor(*std::exchange(subscription.backlog, nullptr), {});
  if (subscription.topic == nullptr) return RemoveSubscription(subscription);
  StoreSubscription(journal_, subscription);
}

void Engine::Core::FollowRetention(const Queue& queue) {
  catalog_.subscriptions.ForEach([&](const Subscription& subscription) {
    if (subscription.queue != &queue || subscription.backlog == nullptr) return;
    Cursor& cursor = *subscription.backlog;
    cursor.settings.retention = queue.settings.delivery.retention;
    cursor.log->shortest_retention = Nanos{0};
    timers_.Set({TimerKind::kRetention, cursor.log->id.value()}, now_);
  });
}

}  // namespace broker::engine
