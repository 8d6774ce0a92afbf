// Sizes and quotas of a run, and who may use a queue for its dead letters.
#include <algorithm>
#include <utility>

#include "tests/engine/model_run.h"
#include "tests/engine/model_run_inline.h"

namespace broker::test {

using namespace std::chrono_literals;
using model::DeadLetterAccess;
using model::ResourceKind;

engine::EngineOptions ModelRun::SomeOptions(SeededEntropy& chance) {
  engine::EngineOptions options;
  const std::uint64_t sequences[] = {3, 8, 20, 65'536};
  const std::uint64_t bytes[] = {300, 2'000, 64u << 20};
  const std::uint64_t caches[] = {1, 1'000, engine::EngineOptions{}.tail_cache_bytes};
  options.chunk_sequences = sequences[chance.Below(4)];
  options.chunk_bytes = bytes[chance.Below(3)];
  options.emptied_chunk_bytes = bytes[chance.Below(3)];
  options.tail_cache_bytes = caches[chance.Below(3)];
  options.read_ahead_bytes = caches[chance.Below(3)];
  options.chunk_age = chance.OneIn(2) ? Nanos{1min} : Nanos{10min};
  if (chance.OneIn(3)) {
    options.max_topics = chance.Between(1, 2);
    options.max_queues = chance.Between(2, 5);
    options.max_subscriptions = chance.Between(1, 5);
    options.max_snapshots = chance.Between(1, 2);
    options.max_running_tasks = 1;  // each ends at once
  }
  return options;
}

void ModelRun::CheckTaken(const std::string& what, const Status& status, const Refusals& against) {
  if (status.ok() ? against.empty() : against.count(status.error().reason) > 0) return;
  Violate(invariant::kAnswers, status.ok() ? fmt::format("{} was taken in spite of {}", what, *against.begin())
                                           : fmt::format("{} was refused: {}", what, status.error().message));
}

ModelRun::Refusals ModelRun::AgainstNew(bool is_there, std::string_view exists, std::size_t count,
                                        std::uint64_t limit) {
  Refusals against;
  if (is_there) {
    against = {exists, "DEAD_LETTER_CYCLE"};  // the latter as if it were a change of what is there
  } else if (count >= limit) {
    against.insert("QUOTA_EXCEEDED");
  }
  return against;
}

void ModelRun::AddAgainstPolicy(const model::ResourceRef& owner, const std::optional<model::RedrivePolicy>& policy,
                                Refusals& against) const {
  if (!policy || policy->target.kind != ResourceKind::kQueue) return;
  const DeadLetterAccess& access = model_.queues.at(policy->target.name).access;
  const bool listed = std::find(access.sources.begin(), access.sources.end(), owner) != access.sources.end();
  if (access.kind != DeadLetterAccess::Kind::kAll && !listed) against.insert("DEAD_LETTER_ACCESS_DENIED");
}

DeadLetterAccess ModelRun::SomeAccess() {
  if (!chance_.OneIn(4)) return {};
  if (chance_.OneIn(4)) return {DeadLetterAccess::Kind::kNone, {}};
  DeadLetterAccess access{DeadLetterAccess::Kind::kListed, {{ResourceKind::kSubscription, "s0"}}};
  for (int i = 0; i < kQueues; ++i) {
    if (chance_.OneIn(2)) access.sources.push_back({ResourceKind::kQueue, fmt::format("q{}", i)});
  }
  for (int i = 1; i < kSubscriptions; ++i) {
    if (chance_.OneIn(2)) access.sources.push_back({ResourceKind::kSubscription, fmt::format("s{}", i)});
  }
  return access;
}

// Policies that stand are not asked again.
void ModelRun::ChangeAccess() {
  if (model_.queues.empty()) return;
  const auto queue = std::next(model_.queues.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.queues.size())));
  const DeadLetterAccess access = SomeAccess();
  Trace("let {} use {} for dead letters",
        access.kind == DeadLetterAccess::Kind::kAll ? "all" : fmt::format("{} sources", access.sources.size()),
        queue->first);
  const auto updated = Ask<engine::QueueInfo>(
      [&](auto done) { sim_.engine().UpdateQueue(caller_, queue->first, {.dead_letter_access = access}, done); });
  if (!updated.ok()) Violate(invariant::kAnswers, "an update was refused: " + updated.error().message);
  queue->second.access = access;
  model_.UpdateRedrive(*queue->second.cursor);  // as after any update
  AfterCommand();
}

void ModelRun::SetPolicy() {
  ModelCursor* cursor = SomeCursor();
  if (cursor == nullptr) return;
  const model::ResourceRef& owner = cursor->owner;
  if (!cursor->is_queue() && model_.subscriptions.at(owner.name).topic == "t2") return;
  engine::DeliveryPatch patch;
  patch.redrive = SomePolicy(cursor->is_queue() ? owner.name[1] - '0' + 1 : 0);
  Refusals against;
  AddAgainstPolicy(owner, *patch.redrive, against);
  if (with_waiters_ && against.empty()) return;
  Trace("dead letters of {} to {}", owner.ToString(), *patch.redrive ? (**patch.redrive).target.ToString() : "nowhere");
  Status status;
  if (cursor->is_queue()) {
    const auto updated = Ask<engine::QueueInfo>(
        [&](auto done) { sim_.engine().UpdateQueue(caller_, owner.name, {.delivery = patch}, done); });
    if (!updated.ok()) status = updated.error();
  } else {
    const auto updated = Ask<engine::SubscriptionInfo>(
        [&](auto done) { sim_.engine().UpdateSubscription(caller_, owner.name, {.delivery = patch}, done); });
    if (!updated.ok()) status = updated.error();
  }
  CheckTaken("a policy of " + owner.ToString(), status, against);
  if (status.ok()) Apply(*cursor, patch);
  AfterCommand();
}

}  // namespace broker::test
