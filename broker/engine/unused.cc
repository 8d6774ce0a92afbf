// Pull subscriptions that go when nobody received from them, settled, sought or changed them for so long. One with a
// receiver that waits, or with open leases, is in use. When it was last used is written at most once an hour, so a
// restart may take up to an hour off; and it leaves each of them an hour, so that downtime alone takes none away.
#include <algorithm>

#include "broker/base/log.h"
#include "broker/engine/core.h"

namespace broker::engine {
namespace {

constexpr Nanos kBetweenWrites = std::chrono::hours(1);
constexpr Nanos kAfterStart = std::chrono::hours(1);

}  // namespace

void Engine::Core::NoteUse(Cursor& cursor) {
  if (cursor.expire_unused == Nanos{0}) return;
  cursor.last_used = now_;
  if (cursor.last_used - cursor.last_used_stored < kBetweenWrites) return;
  cursor.position_dirty = true;
  MarkDirty(cursor);
}

// A change of the subscription is use.
void Engine::Core::SetExpireUnused(Subscription& subscription) {
  Cursor& cursor = *subscription.cursor;
  cursor.expire_unused = subscription.settings.expire_unused.value_or(Nanos{0});
  NoteUse(cursor);
  const TimerKind kind = TimerKind::kUnused;
  if (cursor.expire_unused > Nanos{0}) {
    timers_.Set({kind, cursor.id.value()}, now_ + cursor.expire_unused + clock_.held_back());
  } else {
    timers_.Clear({kind, cursor.id.value()});
  }
}

void Engine::Core::RestoreExpireUnused(const Subscription& subscription) {
  Cursor& cursor = *subscription.cursor;
  cursor.expire_unused = subscription.settings.expire_unused.value_or(Nanos{0});
  if (cursor.expire_unused == Nanos{0}) return;
  cursor.last_used = std::max(cursor.last_used, now_ - cursor.expire_unused + kAfterStart);
  timers_.Set({TimerKind::kUnused, cursor.id.value()}, cursor.last_used + cursor.expire_unused + clock_.held_back());
}

void Engine::Core::RunUnused(Cursor& cursor) {
  if (!cursor.waiters.empty() || cursor.outstanding.leased().messages > 0) NoteUse(cursor);
  const Time due = cursor.last_used + cursor.expire_unused;
  if (due > clock_.expiry_now()) {
    timers_.Set({TimerKind::kUnused, cursor.id.value()}, due + clock_.held_back());
    return;
  }
  broker::Log(LogLevel::kInfo, "unused_subscription_expired",
              {{"subscription", cursor.owner.name}, {"namespace", cursor.name_space}});
  RemoveSubscription(*catalog_.subscriptions.Find(cursor.name_space, cursor.owner.name));
}

}  // namespace broker::engine
