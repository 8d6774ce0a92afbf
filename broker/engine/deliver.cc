// Receiving: which messages the first waiter of a cursor gets, and their leases. Waiters are served when a group is
// built, so that one receives all that its group made ready.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/duration.h"
#include "broker/base/utf8.h"
#include "broker/engine/core.h"
#include "broker/engine/plan.h"
#include "broker/model/limits.h"

namespace broker::engine {
namespace {

// Messages that a receive passes for what is behind them, before others have a turn.
constexpr std::size_t kPassedPerTurn = 4'000;

}  // namespace

WaiterId Engine::Core::Receive(const Caller& caller, const ReceiveRequest& request, Done<ReceiveResponse> done) {
  const auto refuse = [&](Error error) {
    Answer(std::move(done), Result<ReceiveResponse>(std::move(error)));
    return WaiterId{0};
  };
  if (request.max_messages < 1 || request.max_messages > model::kMaxReceiveMessages) {
    return refuse(InvalidField("max_messages", fmt::format("{} is outside 1 to {}", request.max_messages,
                                                           model::kMaxReceiveMessages)));
  }
  if (request.max_bytes > model::kMaxReceiveBytes) {
    return refuse(InvalidField("max_bytes", fmt::format("{} is above {}", request.max_bytes, model::kMaxReceiveBytes)));
  }
  if (request.wait < Nanos{0} || request.wait > model::kMaxWait) {
    return refuse(InvalidField("wait", fmt::format("{} is outside 0s to {}", FormatDuration(request.wait),
                                                   FormatDuration(model::kMaxWait))));
  }
  if (request.visibility_timeout &&
      (*request.visibility_timeout < Nanos{0} || *request.visibility_timeout > model::kMaxVisibilityTimeout)) {
    return refuse(InvalidField("visibility_timeout",
                               fmt::format("{} is outside 0s to {}", FormatDuration(*request.visibility_timeout),
                                           FormatDuration(model::kMaxVisibilityTimeout))));
  }
  if (request.attempt_id.size() > model::kMaxAttemptIdBytes) {
    return refuse(InvalidField(
        "attempt_id", fmt::format("{} bytes; at most {}", request.attempt_id.size(), model::kMaxAttemptIdBytes)));
  }
  if (caller.consumer.size() > model::kMaxConsumerBytes || !IsUtf8(caller.consumer)) {
    return refuse(InvalidField("consumer",
                               fmt::format("a consumer's name is text of at most {} bytes", model::kMaxConsumerBytes)));
  }
  auto found = catalog_.FindReceivable(caller, request.source);
  if (!found.ok()) return refuse(found.error());
  Cursor& cursor = **found;
  const WaiterId id = ++last_waiter_;
  NoteUse(cursor);
  const std::uint16_t consumer = cursor.consumers.Arrive(caller, now_, cursor.outstanding);
  cursor.consumers.BeginWait(consumer);
  waiters_[id] = {cursor.id.value(), request, std::move(done), now_ + request.wait, consumer};
  // What is held already needs nobody's turn: whoever waits for more does not stand in its way.
  if (attempts_.PlanAgain(cursor, request, now_)) {
    cursor.waiters.push_front(id);
  } else {
    cursor.waiters.push_back(id);
  }
  cursor.log->waiting.insert(cursor.id.value());
  serve_.insert(cursor.id.value());
  MarkDirty(cursor);
  if (request.wait > Nanos{0}) timers_.Set({TimerKind::kWaiter, id}, now_ + request.wait);
  return id;
}

WaiterId Engine::Core::Watch(const Caller& caller, const model::Target& source, Done<void> done) {
  auto found = catalog_.FindReceivable(caller, source);
  if (!found.ok()) {
    Answer(std::move(done), Status(found.error()));
    return 0;
  }
  Cursor& cursor = **found;
  const WaiterId id = ++last_waiter_;
  Waiter& watcher = waiters_[id];
  watcher.cursor = cursor.id.value();
  watcher.done = [done = std::move(done)](Result<ReceiveResponse> result) { done(result.error()); };
  cursor.watchers.push_back(id);
  return id;
}

void Engine::Core::CancelReceive(WaiterId id) {
  const auto waiter = waiters_.find(id);
  if (waiter == waiters_.end()) return;
  EndWaiter(*FindCursor(waiter->second.cursor), id, Error(ErrorCode::kCancelled, "CANCELLED", "the receive was cancelled"));
}

void Engine::Core::EndWaiter(Cursor& cursor, WaiterId id, Result<ReceiveResponse> result) {
  const auto waiter = waiters_.find(id);
  const Waiter ended = std::move(waiter->second);
  waiters_.erase(waiter);
  if (std::erase(cursor.watchers, id) > 0) return Answer(ended.done, std::move(result));
  cursor.consumers.EndWait(ended.consumer, now_);
  NoteUse(cursor);
  timers_.Clear({TimerKind::kWaiter, id});
  std::erase(cursor.waiters, id);
  if (cursor.waiters.empty()) cursor.log->waiting.erase(cursor.id.value());
  Answer(ended.done, std::move(result));
}

void Engine::Core::AnswerExpiredWaiters(Cursor& cursor) {
  std::vector<WaiterId> expired;
  for (const WaiterId id : cursor.waiters) {
    if (waiters_.at(id).deadline <= now_) expired.push_back(id);
  }
  for (const WaiterId id : expired) EndWaiter(cursor, id, ReceiveResponse{});
}

void Engine::Core::Serve(Cursor& cursor) {
  if (cursor.feeds()) return ServeFeeding(cursor);
  if (cursor.settings.paused) {
    AnswerExpiredWaiters(cursor);
    MarkDirty(cursor);
    return;
  }
  while (!cursor.waiters.empty()) {
    const WaiterId id = cursor.waiters.front();
    const Waiter& waiter = waiters_.at(id);
    auto again = attempts_.PlanAgain(cursor, waiter.request, now_);
    const Plan plan = again ? *std::move(again) : MakePlan(cursor, waiter.request);
    if (plan.needs_read()) {
      // Whoever waits without a deadline waits for the disk all the same: what is there is theirs.
      if (!cursor.reading) StartRead(cursor, plan.missing, plan.run_from, waiter.request.max_messages);
      break;
    }
    if (plan.unfinished && plan.empty()) {
      Wake(cursor);  // with the next group
      break;
    }
    if (plan.empty()) {
      AnswerExpiredWaiters(cursor);
      break;
    }
    Deliver(cursor, waiter, plan);
  }
  MarkDirty(cursor);
}

// Retries that are due go first but take at most half, rounded up, while fresh messages are ready for the rest.
Plan Engine::Core::MakePlan(Cursor& cursor, const ReceiveRequest& request) {
  Plan plan;
  MoveDue(cursor);
  const std::size_t limit = request.max_messages;
  const std::uint64_t max_bytes = request.max_bytes == 0 ? model::kMaxReceiveBytes : request.max_bytes;
  if (!cursor.settings.ordered) {
    const bool several = Shares(cursor);
    if (several || cursor.outstanding.groups().untried() > 0) {
      PlanShared(cursor, plan, limit, max_bytes, several);
      return plan;
    }
  }
  std::vector<std::uint64_t> ready = ReadyNow(cursor, limit);
  const std::size_t reserved = std::min(ready.size(), (limit + 1) / 2);

  std::uint64_t reserved_bytes = 0;
  for (std::size_t i = 0; i < reserved; ++i) {
    const Entry& entry = *cursor.outstanding.Find(ready[i]);
    reserved_bytes += entry.size_bytes;
    ++plan.keys[entry.key_hash];
  }
  if (reserved_bytes <= max_bytes) PlanFresh(cursor, plan, limit - reserved, max_bytes - reserved_bytes);
  if (plan.needs_read()) return plan;

  ready.resize(std::min(ready.size(), limit - plan.fresh_chosen));
  PlanOutstanding(cursor, plan, ready, max_bytes);
  return plan;
}

void Engine::Core::PlanOutstanding(Cursor& cursor, Plan& plan, const std::vector<std::uint64_t>& sequences,
                                   std::uint64_t max_bytes) {
  std::uint64_t bytes = plan.bytes;
  for (const std::uint64_t sequence : sequences) {
    bytes += cursor.outstanding.Find(sequence)->size_bytes;
    if (sequence != sequences.front() && bytes > max_bytes) break;
    const RecordPtr record = Loaded(cursor, sequence);
    if (record != nullptr && !record->held && !input_.Passes(cursor, *record).value_or(true)) {
      // It came with the snapshot of a subscription that filters otherwise.
      RemoveOutstanding(cursor, sequence);
      plan.unfinished = true;
    } else if (record == nullptr || (record->message == nullptr && !record->damaged)) {
      plan.missing.push_back(sequence);
    } else {
      plan.retries.push_back(record);
    }
  }
  std::sort(plan.missing.begin(), plan.missing.end());
}

void Engine::Core::PlanFresh(Cursor& cursor, Plan& plan, std::size_t limit, std::uint64_t max_bytes) {
  const MessageLog& log = *cursor.log;
  std::uint64_t sequence = cursor.first_unread();
  std::size_t passed = 0;
  FilterBudget budget;
  while (plan.fresh_chosen < limit && sequence < log.next_sequence) {
    if (cursor.outstanding.size() + plan.fresh.size() >= model::kMaxOutstanding) return;
    const RecordPtr record = Loaded(cursor, sequence);
    if (record == nullptr) {
      plan.run_from = sequence;
      return;
    }
    if (log.ordered && log.delay > Nanos{0} && record->append_time + log.delay > now_) return;
    const auto passes = input_.Passes(cursor, *record);
    if (!passes) {
      plan.missing.push_back(sequence);
      return;
    }
    if (!*passes) {
      // The next one chosen leaves it behind; in front of anything chosen it can go at once.
      if (plan.fresh_chosen == 0) SkipUnmatched(cursor, *record);
      ++sequence;
      plan.unfinished = budget.Spend(*cursor.filter, *record);
      if (plan.unfinished) return;
      continue;
    }
    const bool expired = IsExpired(record->expires);
    const bool blocked = cursor.settings.ordered && !record->held && !expired && !record->damaged &&
                         cursor.outstanding.CountOfKey(record->key_hash) > plan.of_key(record->key_hash);
    if (record->held || record->damaged || expired || blocked) {
      if (++passed > kPassedPerTurn) {
        plan.unfinished = true;
        return;
      }
      // In front of anything chosen the position can move at once.
      if (plan.fresh_chosen == 0) {
        StepOver(cursor, *record, blocked || record->damaged);
      } else {
        plan.fresh.push_back(record);
        plan.chosen.push_back(false);
      }
      ++sequence;
      continue;
    }
    if (record->message == nullptr) {
      plan.missing.push_back(sequence);
      return;
    }
    if (plan.bytes + record->size_bytes > max_bytes && (plan.fresh_chosen > 0 || cursor.outstanding.HasReady())) return;
    plan.bytes += record->size_bytes;
    plan.fresh.push_back(record);
    plan.chosen.push_back(true);
    ++plan.fresh_chosen;
    if (cursor.settings.ordered && record->key_hash != 0) plan.keys.try_emplace(record->key_hash, 0);
    ++sequence;
  }
}

void Engine::Core::StepOver(Cursor& cursor, const StoredRecord& record, bool outstanding) {
  if (outstanding) {
    Entry entry = FreshEntry(record, now_);
    if (record.damaged) {
      // Never delivered, and never dropped: an operator has to look. Asked for again in an hour.
      entry.due = now_ + std::chrono::hours(1);
      entry.reason = std::make_shared<const std::string>("its record on disk cannot be read");
    }
    PutOutstanding(cursor, record.sequence, std::move(entry));
  }
  windows_.Forget(cursor, record.sequence);
  MovePast(cursor, record);
}

void Engine::Core::MovePast(Cursor& cursor, const StoredRecord& record) {
  Totals below = record.damaged ? cursor.below : record.totals;
  if (cursor.filter) {
    if (record.damaged) {
      below = cursor.scan.first_below;
      cursor.scan.Restart(record.sequence + 1, below);
    } else {
      cursor.scan.Read(record.sequence, record.size_bytes, below);
    }
  }
  SetPosition(cursor, record.sequence + 1, below);
}

void Engine::Core::Deliver(Cursor& cursor, const Waiter& waiter, const Plan& plan) {
  const Nanos timeout = waiter.request.visibility_timeout.value_or(cursor.settings.visibility_timeout);
  ReceiveResponse response;
  for (const RecordPtr& record : plan.retries) {
    Entry entry = *cursor.outstanding.Find(record->sequence);
    if (record->damaged) {
      entry.due = now_ + std::chrono::hours(1);
      PutOutstanding(cursor, record->sequence, std::move(entry));
      continue;
    }
    if (plan.again) --entry.attempts;  // the same attempt, once more
    response.deliveries.push_back(Lease(cursor, record, std::move(entry), timeout, waiter.consumer));
  }
  for (std::size_t i = 0; i < plan.fresh.size(); ++i) {
    const RecordPtr& record = plan.fresh[i];
    if (i > 0 && !plan.chosen[i] &&
        std::find(plan.chosen.begin() + static_cast<std::ptrdiff_t>(i), plan.chosen.end(), true) == plan.chosen.end()) {
      break;  // nothing chosen behind it: left for the next receive
    }
    const bool waits = !record->held && !plan.chosen[i] && !IsExpired(record->expires);
    StepOver(cursor, *record, waits);
    if (plan.chosen[i])
      response.deliveries.push_back(Lease(cursor, record, FreshEntry(*record, now_), timeout, waiter.consumer));
  }
  if (response.deliveries.empty()) return;
  attempts_.Remember(cursor, waiter.request, plan, now_);
  if (cursor.synced_leases()) journal_.RequireSync();
  EndWaiter(cursor, cursor.waiters.front(), std::move(response));
}

Delivery Engine::Core::Lease(Cursor& cursor, const RecordPtr& record, Entry entry, Nanos visibility_timeout,
                             std::uint16_t consumer) {
  entry.leased = true;
  entry.consumer = consumer;
  ++entry.attempts;
  entry.nonce = {boot_, ++nonce_counter_};
  entry.lease_start = now_;
  entry.due = now_ + visibility_timeout;
  if (entry.first_attempt == Time{}) entry.first_attempt = now_;
  Delivery delivery;
  delivery.message = record->message;
  delivery.id = record->IdIn(cursor.log->id);
  delivery.origin = record->OriginIn(cursor.log->id);
  delivery.receipt = Receipt{folder_id_, cursor.id.value(), cursor.epoch, record->sequence, entry.nonce}.Encode();
  delivery.attempt = entry.attempts;
  delivery.first_attempt = entry.first_attempt;
  delivery.lease_deadline = entry.due;
  if (record->alias != nullptr) {
    delivery.subscription = record->alias->subscription;
    delivery.delivery_format = record->alias->delivery_format;
  }
  PutOutstanding(cursor, record->sequence, std::move(entry));
  windows_.Forget(cursor, record->sequence);
  return delivery;
}

}  // namespace broker::engine
