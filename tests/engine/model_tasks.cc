// Moves, receives that are asked for again, consumers, and work done once.
#include <algorithm>
#include <utility>

#include "tests/engine/model_run.h"
#include "tests/engine/model_run_inline.h"

namespace broker::test {

using namespace std::chrono_literals;
using engine::ClaimState;
using engine::MessageState;
using model::ResourceKind;

// ---- moves

void ModelRun::Move() {
  if (model_.queues.empty()) return;
  const auto queue = std::next(model_.queues.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.queues.size())));
  ModelCursor& source = *queue->second.cursor;
  if (HasWaiters(source)) return;
  const bool to_topic = chance_.OneIn(3);
  const std::string to =
      to_topic ? fmt::format("t{}", chance_.Below(kTopics)) : fmt::format("q{}", chance_.Below(kQueues));
  engine::MoveRequest request{.queue = queue->first,
                              .destination = model::Target{to_topic ? ResourceKind::kTopic : ResourceKind::kQueue, to},
                              .dry_run = chance_.OneIn(4)};
  const auto filter = SomeFilter(3);
  if (filter) request.filter = *model::Filter::Parse(filter->Text());
  Reconcile(source);
  std::vector<ModelEntry> moving;
  for (const ModelEntry& entry : source.entries) {
    if (entry.maybe || entry.stuck) return;
    if (entry.state == MessageState::kLeased || entry.state == MessageState::kDelayed) continue;
    if (entry.Passed(sim_.now()) || !Passes(filter, entry.body)) continue;
    if (!to_topic || model_.Reaches(to, entry)) moving.push_back(entry);
  }
  const std::size_t passed = model_.CountPassed(source);
  Trace("move {} from {} to {}{}", moving.size(), queue->first, to, request.dry_run ? ", rehearsed" : "");
  auto task = Ask<engine::TaskInfo>([&](auto done) { sim_.engine().Move(caller_, request, done); });
  std::optional<ErrorCode> refusal;
  if (to_topic ? model_.topics.count(to) == 0 : model_.queues.count(to) == 0) {
    refusal = ErrorCode::kNotFound;
  } else if (to == queue->first) {
    refusal = ErrorCode::kInvalidArgument;
  } else if (to_topic && model_.Listeners(to) == 0) {
    refusal = ErrorCode::kFailedPrecondition;
  } else if (to_topic && std::any_of(model_.subscriptions.begin(), model_.subscriptions.end(), [&](const auto& item) {
               return item.second.topic == to && item.second.queue == queue->first;
             })) {
    refusal = ErrorCode::kInvalidArgument;
  }
  if (refusal.has_value() == task.ok() || (refusal && task.error().code != *refusal)) {
    Violate(invariant::kAnswers,
            fmt::format("a move from {} to {} was {}", queue->first, to, task.ok() ? "taken" : task.error().message));
  }
  if (refusal) return AfterCommand();
  task = Ask<engine::TaskInfo>([&](auto done) { sim_.engine().GetTask(caller_, task->id, done); });
  if (!task.ok() || task->state != engine::TaskState::kDone) Violate(invariant::kAnswers, "a move did not end");
  const std::uint64_t looked_at = task->moved + task->left;
  if (task->moved != moving.size() || looked_at > task->total || looked_at + passed < task->total) {
    Violate(invariant::kCounts, fmt::format("a move moved {} of {} and left {}; {} were to be moved", task->moved,
                                            task->total, task->left, moving.size()));
  }
  if (!request.dry_run) {
    for (const ModelEntry& entry : moving) {
      if (to_topic) {
        model_.AddMoved(model_.topics.at(to), entry);
      } else {
        model_.AddMoved(model_.queues.at(to), entry);
      }
      source.Remove(entry.uid);
    }
    model_.DropPassed(source);
  }
  AfterCommand();
}

void ModelRun::Redrive() {
  if (model_.queues.empty()) return;
  const auto queue = std::next(model_.queues.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.queues.size())));
  ModelCursor& letters = *queue->second.cursor;
  if (HasWaiters(letters)) return;
  Reconcile(letters);
  const auto filter = SomeFilter(3);
  engine::MoveRequest request{.queue = queue->first};
  if (filter) request.filter = *model::Filter::Parse(filter->Text());
  // Each moves or stays for a reason that is known beforehand.
  std::vector<ModelEntry> moving;
  std::size_t perhaps = 0;
  for (const ModelEntry& entry : letters.entries) {
    if (entry.state == MessageState::kLeased || entry.state == MessageState::kDelayed || entry.stories.empty())
      continue;
    const ModelCursor* source = model_.FindGeneration(entry.stories.back().generation);
    if (source == nullptr || source == &letters || entry.Passed(sim_.now()) || !Passes(filter, entry.body)) continue;
    if (entry.maybe || entry.stuck) ++perhaps;
    moving.push_back(entry);
  }
  Trace("redrive {}: {} to move", queue->first, moving.size());
  if (perhaps > 0) return;
  auto task = Ask<engine::TaskInfo>([&](auto done) { sim_.engine().Move(caller_, request, done); });
  if (!task.ok()) Violate(invariant::kAnswers, "a redrive was refused: " + task.error().message);
  task = Ask<engine::TaskInfo>([&](auto done) { sim_.engine().GetTask(caller_, task->id, done); });
  if (!task.ok() || task->state != engine::TaskState::kDone) Violate(invariant::kAnswers, "a redrive did not end");
  // Those that may have expired may have been left out.
  const std::size_t most = moving.size();
  if (task->moved > most) Violate(invariant::kAnswers, fmt::format("a redrive moved {} of {}", task->moved, most));
  for (const ModelEntry& entry : moving) {
    ModelCursor& source = *model_.FindGeneration(entry.stories.back().generation);
    model_.AddRedriven(source, entry);
    letters.Remove(entry.uid);
  }
  model_.DropPassed(letters);
  if (task->moved != most) Violate(invariant::kAnswers, fmt::format("a redrive moved {} of {}", task->moved, most));
  AfterCommand();
}

// ---- receives with an attempt id

void ModelRun::ReceiveAgain() {
  ModelCursor* cursor = SomeCursor();
  if (cursor == nullptr) return;
  caller_.consumer = fmt::format("c{}", chance_.Below(3));
  engine::ReceiveRequest request{.source = cursor->target()};
  request.max_messages = static_cast<std::uint32_t>(chance_.Between(1, 4));
  request.attempt_id = fmt::format("a{}", chance_.Below(2));
  Nanos timeout = cursor->settings.visibility_timeout;
  if (chance_.OneIn(3)) request.visibility_timeout = timeout = 1s * chance_.Between(1, 400);
  const std::pair key(cursor->generation, request.attempt_id);
  const auto known = attempts_.find(key);
  bool again = false;
  if (known != attempts_.end() && sim_.now() - known->second.first < 5min) {
    const auto held = model_.AllHeld(*cursor, known->second.given);
    if (!held) return;
    again = *held && !cursor->settings.paused;
  }
  Trace("receive {} from {} as {}{}", request.max_messages, cursor->owner.ToString(), request.attempt_id,
        again ? ", again" : "");
  const std::size_t first = model_.receipts.size();
  const auto response = Ask<engine::ReceiveResponse>([&](auto done) { sim_.engine().Receive(caller_, request, done); });
  if (!response.ok()) Violate(invariant::kAnswers, "a receive was refused: " + response.error().message);
  if (again) {
    model_.ReceivedAgain(*cursor, response->deliveries, known->second.given, timeout);
  } else {
    model_.Received(*cursor, response->deliveries, request.max_messages, timeout, !HasWaiters(*cursor));
  }
  NoteConsumer(first, caller_.consumer);
  if (!response->deliveries.empty()) {
    attempts_[key] = {again ? known->second.first : sim_.now(), model_.GivenSince(first)};
  }
  AfterCommand();
}

// ---- consumers

void ModelRun::NoteConsumer(std::size_t first_receipt, const std::string& consumer) {
  for (std::size_t i = first_receipt; i < model_.receipts.size(); ++i) {
    model_.receipts[i].consumer = consumer;
    model_.receipts[i].life = life_;
  }
}

void ModelRun::CheckConsumers(ModelCursor& cursor) {
  const auto listed = Ask<std::vector<engine::ConsumerInfo>>(
      [&](auto done) { sim_.engine().ListConsumers(caller_, cursor.target(), done); });
  if (!listed.ok()) Violate(invariant::kAnswers, "consumers were not listed: " + listed.error().message);
  const auto held = model_.HeldByConsumer(cursor, life_);
  if (!held) return;
  std::uint64_t waiting = 0;
  std::map<std::string, std::uint64_t> shown;
  for (const engine::ConsumerInfo& consumer : *listed) {
    waiting += consumer.waiting;
    if (consumer.leased > 0) shown[consumer.name] = consumer.leased;
    if (consumer.oldest_lease.has_value() != (consumer.leased > 0)) {
      Violate(invariant::kConsumers,
              fmt::format("{} of {} holds {}, and has an oldest lease: {}", consumer.name, cursor.owner.ToString(),
                          consumer.leased, consumer.oldest_lease.has_value()));
    }
  }
  const auto waits = static_cast<std::uint64_t>(std::count_if(
      waiting_.begin(), waiting_.end(), [&](const auto& w) { return w->generation == cursor.generation; }));
  if (shown != *held || waiting != waits) {
    std::string text;
    for (const auto& [name, count] : shown) text += fmt::format(" {}: {}", name, count);
    text += "; it is";
    for (const auto& [name, count] : *held) text += fmt::format(" {}: {}", name, count);
    Violate(invariant::kConsumers,
            fmt::format("{} shows {} waiting, not {}, and{}", cursor.owner.ToString(), waiting, waits, text));
  }
}

// ---- work done once

void ModelRun::WorkOnce() {
  const std::string key = fmt::format("k{}", chance_.Below(4));
  std::erase_if(work_, [&](const auto& item) { return item.second.expires <= sim_.now(); });
  const auto known = work_.find(key);
  const Nanos life = Millis(chance_.Between(1'000, 90'000));
  const auto expect = [&](std::string_view what, bool ok, const Status& status) {
    Trace("{} {}", what, key);
    if (ok != status.ok()) {
      Violate(invariant::kOnce,
              fmt::format("{} {} was {}", what, key, status.ok() ? "done" : "refused: " + status.error().message));
    }
  };
  const bool right = !chance_.OneIn(4);
  const std::string token = known == work_.end() ? "none" : right ? known->second.token : "wrong";
  switch (chance_.Below(8)) {
    case 0: {
      const Status status = Ask<void>([&](auto done) { sim_.engine().ForgetIdempotency(caller_, key, done); });
      expect("forget", known != work_.end(), status);
      if (known != work_.end()) work_.erase(known);
      break;
    }
    case 1:
    case 2: {
      const std::string result = fmt::format("r{}", chance_.Below(1'000));
      const bool may = known != work_.end() && right;
      // Now and then the process dies at the commit's edge.
      if (may && waiting_.empty() && chance_.OneIn(6)) {
        const bool written = chance_.OneIn(2);
        Trace("crash in completing {}, written {}", key, written);
        sim_.engine().CompleteIdempotency(caller_, key, token, result, life, Pending<void>().done());
        sim_.StopAtCommit(written);
        if (written) known->second = {true, token, result, sim_.now() + life};
        sim_.Kill();
        model_.Died();
        sim_.Reopen();
        return Reopened();
      }
      const Status status =
          Ask<void>([&](auto done) { sim_.engine().CompleteIdempotency(caller_, key, token, result, life, done); });
      expect("complete", may, status);
      if (may) known->second = {true, token, result, sim_.now() + life};
      break;
    }
    case 3: {
      const bool may = known != work_.end() && right && !known->second.done;
      const Status status = Ask<void>([&](auto done) { sim_.engine().ReleaseIdempotency(caller_, key, token, done); });
      expect("release", may, status);
      if (may) work_.erase(known);
      break;
    }
    default: {
      const bool look = chance_.OneIn(3);
      const auto claim = Ask<engine::IdempotencyClaim>([&](auto done) {
        if (look) {
          sim_.engine().GetIdempotency(caller_, key, done);
        } else {
          sim_.engine().ClaimIdempotency(caller_, key, life, done);
        }
      });
      Trace("{} {}", look ? "look at" : "claim", key);
      if (look && known == work_.end()) {
        if (claim.ok()) Violate(invariant::kOnce, key + " is there although nobody has it");
        break;
      }
      if (!claim.ok()) Violate(invariant::kOnce, "a claim was refused: " + claim.error().message);
      const ClaimState state = known == work_.end() ? ClaimState::kNew
                               : known->second.done ? ClaimState::kDone
                                                    : ClaimState::kInProgress;
      if (claim->state != state) Violate(invariant::kOnce, "the state of " + key);
      if (state == ClaimState::kNew) {
        work_[key] = {false, claim->token, {}, sim_.now() + life};
      } else if (claim->result != known->second.result || !claim->token.empty()) {
        Violate(invariant::kOnce, fmt::format("{} tells \"{}\", not \"{}\"", key, claim->result, known->second.result));
      }
      if (claim->expires != work_.at(key).expires) Violate(invariant::kOnce, "the expiry of " + key);
    }
  }
  AfterCommand();
}

}  // namespace broker::test
