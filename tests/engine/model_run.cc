// Driving: time, waiters, crashes, and the checks after each step.
#include "tests/engine/model_run.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "broker/model/limits.h"
#include "tests/engine/model_run_inline.h"

namespace broker::test {

using namespace std::chrono_literals;
using engine::MessageState;
using model::ResourceKind;

ModelRun::ModelRun(std::uint64_t seed, bool trace, bool careful)
    : trace_(trace),
      careful_(careful),
      chance_(seed),
      look_(seed),
      options_(SomeOptions(chance_)),
      sim_(options_, seed),
      with_waiters_(chance_.OneIn(2)) {
  if (options_.tail_cache_bytes == engine::EngineOptions{}.tail_cache_bytes) model_.warm_since = Time{};
  model_.AdvanceTo(sim_.now());
}

void ModelRun::Run(int commands) {
  for (int i = 0; i < 10; ++i) Administer();
  for (int i = 0; i < commands; ++i) {
    RunOne();
    if (careful_ || i % 25 == 24) CheckEverything();
  }
  CheckEverything();
  SettleEverything();
  CheckNothingIsKept();
}

// ---- time and waiters

void ModelRun::AdvanceBy(Nanos by) {
  while (by > Nanos{0}) {
    by -= sim_.AdvanceOnce(by);
    model_.AdvanceTo(sim_.now());
    AfterCommand();
  }
}

void ModelRun::HandleWaiters() {
  for (const auto& waiting : std::exchange(answered_, {})) {
    std::erase(waiting_, waiting);
    model_.AdvanceTo(sim_.now());  // leases of no time have ended
    const auto& answer = *waiting->answer;
    ModelCursor* cursor = model_.FindCursor(waiting->owner);
    const std::string name = waiting->owner.ToString();
    if (!answer.ok()) {
      const bool gone = cursor == nullptr || cursor->generation != waiting->generation;
      if (answer.error().code == ErrorCode::kCancelled || (gone && answer.error().code == ErrorCode::kNotFound))
        continue;
      Violate(invariant::kAnswers,
              fmt::format("a receive waiting on {} was refused: {}", name, answer.error().message));
    }
    Trace("  waiter {} of {} got {}", waiting->waiter, name, answer->deliveries.size());
    if (cursor == nullptr || cursor->generation != waiting->generation) {
      Violate(invariant::kAnswers, fmt::format("a receive waiting on {} was answered although that is gone", name));
    }
    if (answer->deliveries.empty() && sim_.now() < waiting->deadline) {
      Violate(invariant::kServed, fmt::format("a receive waiting on {} was answered empty too early", name));
    }
    const std::size_t first = model_.receipts.size();
    model_.Received(*cursor, answer->deliveries, waiting->max_messages,
                    waiting->visibility_timeout.value_or(cursor->settings.visibility_timeout), false);
    NoteConsumer(first, waiting->consumer);
  }
  model_.AdvanceTo(sim_.now());
}

void ModelRun::CheckServed() {
  for (const auto& waiting : waiting_) {
    const ModelCursor* cursor = model_.FindCursor(waiting->owner);
    if (cursor == nullptr || cursor->generation != waiting->generation) {
      Violate(invariant::kServed, fmt::format("a receive still waits on {}, which is gone", waiting->owner.ToString()));
    }
    if (model_.CountDeliverable(*cursor).sure > 0) {
      Violate(invariant::kServed,
              fmt::format("a receive waits on {} while a message is ready", waiting->owner.ToString()));
    }
    if (waiting->deadline <= sim_.now()) {
      Violate(invariant::kServed, fmt::format("a receive waits on {} past its deadline", waiting->owner.ToString()));
    }
  }
}

bool ModelRun::HasWaiters(const ModelCursor& cursor) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const auto& waiting) { return waiting->generation == cursor.generation; });
}

void ModelRun::AfterCommand() {
  // What nobody waited for first: a waiter elsewhere may have got what this tells about.
  for (ModelCursor* cursor : SourcesFirst()) {
    const bool answered = std::any_of(answered_.begin(), answered_.end(),
                                      [&](const auto& waiting) { return waiting->generation == cursor->generation; });
    if (!answered_.empty() && !answered && model_.IsUnsure(*cursor)) Reconcile(*cursor);
  }
  HandleWaiters();
  if (sim_.all_synced()) model_.Synced();
  ReconcileUnsure();
  CheckServed();
}

// ---- checks

ModelCursor* ModelRun::SomeCursor() {
  const auto cursors = model_.Cursors();
  return cursors.empty() ? nullptr : cursors[static_cast<std::size_t>(chance_.Below(cursors.size()))];
}

// Sources before the targets that their dead letters go to.
std::vector<ModelCursor*> ModelRun::SourcesFirst() {
  std::vector<ModelCursor*> first;
  std::vector<ModelCursor*> last;
  for (auto& [name, subscription] : model_.subscriptions) {
    if (subscription.cursor != nullptr)
      (subscription.topic == "t2" ? last : first).push_back(subscription.cursor.get());
  }
  for (auto& [name, queue] : model_.queues) first.push_back(queue.cursor.get());
  first.insert(first.end(), last.begin(), last.end());
  return first;
}

std::vector<engine::PeekedMessage> ModelRun::PeekAll(const ModelCursor& cursor) {
  std::vector<engine::PeekedMessage> all;
  for (const MessageState state :
       {MessageState::kReady, MessageState::kLeased, MessageState::kRetrying, MessageState::kDelayed}) {
    if (state == MessageState::kDelayed && !cursor.is_queue()) continue;
    std::string token;
    do {
      auto page = Ask<engine::ListPage<engine::PeekedMessage>>([&](auto done) {
        sim_.engine().Peek(caller_, {cursor.target(), state, look_.OneIn(3) ? 3u : model::kMaxListPage, token}, done);
      });
      if (!page.ok()) Violate(invariant::kAnswers, "a peek was refused: " + page.error().message);
      for (auto& message : page->items) all.push_back(std::move(message));
      token = page->next_page_token;
    } while (!token.empty());
  }
  return all;
}

void ModelRun::Reconcile(ModelCursor& cursor) { model_.Reconcile(cursor, PeekAll(cursor)); }

void ModelRun::ReconcileUnsure() {
  for (ModelCursor* cursor : SourcesFirst()) {
    if (model_.IsUnsure(*cursor)) Reconcile(*cursor);
  }
}

void ModelRun::CheckCursor(ModelCursor& cursor) {
  engine::Stats stats;
  if (cursor.is_queue()) {
    auto described = Ask<engine::QueueDescription>(
        [&](auto done) { sim_.engine().DescribeQueue(caller_, cursor.owner.name, done); });
    if (!described.ok()) Violate(invariant::kAnswers, described.error().message);
    stats = described->stats;
  } else {
    auto described = Ask<engine::SubscriptionDescription>(
        [&](auto done) { sim_.engine().DescribeSubscription(caller_, cursor.owner.name, done); });
    if (!described.ok()) Violate(invariant::kAnswers, described.error().message);
    stats = described->stats;
  }
  model_.CheckStats(cursor, stats);
  const auto waiters = static_cast<std::uint64_t>(std::count_if(
      waiting_.begin(), waiting_.end(), [&](const auto& w) { return w->generation == cursor.generation; }));
  if (stats.waiting_receivers != waiters) {
    Violate(invariant::kCounts, fmt::format("{} shows {} waiting receivers, not {}", cursor.owner.ToString(),
                                            stats.waiting_receivers, waiters));
  }
}

void ModelRun::CheckEverything() {
  for (ModelCursor* cursor : SourcesFirst()) {
    CheckCursor(*cursor);
    Reconcile(*cursor);
  }
  CheckKept();
  for (const auto& [name, topic] : model_.topics) {
    const std::string& topic_name = name;  // clang 14 captures no structured binding
    auto described =
        Ask<engine::TopicDescription>([&](auto done) { sim_.engine().DescribeTopic(caller_, topic_name, done); });
    if (!described.ok()) Violate(invariant::kAnswers, described.error().message);
    if (described->delayed != topic.delayed.size() || described->subscriptions.size() != model_.Listeners(name)) {
      Violate(invariant::kCounts,
              fmt::format("{} shows {} delayed and {} subscriptions, not {} and {}", name, described->delayed,
                          described->subscriptions.size(), topic.delayed.size(), model_.Listeners(name)));
    }
  }
}

// ---- crashes

void ModelRun::Crash() {
  const Nanos downtime = chance_.OneIn(2) ? Nanos{0} : Nanos{Millis(chance_.Below(120'000))};
  switch (chance_.Below(3)) {
    case 0:
      Trace("stop");
      sim_.Stop();
      break;
    case 1:
      Trace("kill");
      sim_.Kill();
      break;
    default:
      Trace("power cut");
      sim_.PowerCut(chance_.Next64());
      model_.PowerCut();
      model_.Died();
  }
  sim_.Reopen(downtime);
  Reopened();
}

void ModelRun::Reopened() {
  waiting_.clear();
  answered_.clear();
  attempts_.clear();
  ++life_;
  model_.Resume(sim_.now());
  if (model_.warm_since) model_.warm_since = sim_.now();
  // What has had its attempts already is tried for the dead letters at a start.
  for (ModelCursor* cursor : model_.Cursors()) model_.UpdateRedrive(*cursor);
  AfterCommand();
  if (chance_.OneIn(2)) CheckEverything();
}

// The process dies at the edge of a command's commit: before it, all is as it was; after it, all is done though nobody
// was told.
void ModelRun::CrashMidway() {
  for (const auto& waiting : waiting_) sim_.engine().CancelReceive(waiting->waiter);
  sim_.Drain();
  HandleWaiters();
  const bool written = chance_.OneIn(2);
  const bool power_cut = chance_.OneIn(2);
  std::function<void()> done;
  switch (chance_.Below(6)) {
    case 4:
      if (!(done = StartSeek())) return;
      break;
    case 5:
      if (!(done = StartResume())) return;
      break;
    case 0: {
      const auto draft = DraftPublish(true);
      if (!draft) return;
      Trace("crash in a publish of {}, written {}", draft->entries.size(), written);
      sim_.engine().Publish(caller_, draft->request, Pending<engine::PublishResponse>().done());
      done = [this, draft] {
        for (std::size_t i = 0; i < draft->entries.size(); ++i) {
          ApplyPublish(draft->request.target, draft->entries[i], draft->request.entries[i]);
        }
      };
      break;
    }
    case 1: {
      const auto receipts = PickReceipts(1, true);
      if (receipts.empty()) return;
      ModelCursor& cursor = *model_.FindCursor(receipts[0].owner);
      if (cursor.settings.exactly_once || cursor.generation != receipts[0].generation) return;
      Trace("crash in an ack of {}, written {}, message {}", cursor.owner.ToString(), written, receipts[0].uid);
      sim_.engine().Ack(caller_, cursor.target(), {receipts[0].text}, Pending<engine::SettleResponse>().done());
      done = [this, receipt = receipts[0]] { model_.Acked(receipt, {}); };
      break;
    }
    case 2: {
      ModelCursor* cursor = SomeCursor();
      if (cursor == nullptr || !chance_.OneIn(4)) return;
      Trace("crash in a purge of {}, written {}", cursor->owner.ToString(), written);
      sim_.engine().Purge(caller_, cursor->target(), Pending<std::uint64_t>().done());
      done = [this, cursor] { model_.Purged(*cursor, cursor->entries.size()); };
      break;
    }
    default: {
      ModelCursor* cursor = SomeCursor();
      if (cursor == nullptr) return;
      Trace("crash in a receive from {}, written {}", cursor->owner.ToString(), written);
      sim_.engine().Receive(caller_, {.source = cursor->target(), .max_messages = 5},
                            Pending<engine::ReceiveResponse>().done());
      model_.PerhapsReceived(*cursor);
    }
  }
  sim_.StopAtCommit(written);
  if (power_cut) {
    sim_.PowerCut(chance_.Next64());
    model_.PowerCut();
  } else {
    sim_.Kill();
  }
  model_.Died();
  if (written && done) done();
  sim_.Reopen();
  Reopened();
}

void ModelRun::Dump() {
  for (ModelCursor* cursor : SourcesFirst()) {
    fmt::print("{}: {}{}{}retention {}, visibility {}, delay {}, {} attempts\n", cursor->owner.ToString(),
               cursor->settings.ordered ? "ordered, " : "", cursor->settings.exactly_once ? "exactly once, " : "",
               cursor->recovered ? "recovered, " : "", FormatDuration(cursor->settings.retention),
               FormatDuration(cursor->settings.visibility_timeout), FormatDuration(cursor->delay),
               cursor->settings.redrive ? cursor->settings.redrive->max_attempts : 0);
    for (const ModelEntry& entry : cursor->entries) {
      fmt::print("  model  {} {} of {} {} key \"{}\" attempts {} leases {}/{}/{} appended {} until {}{}{}{}{}\n",
                 Short(entry.body), entry.id ? entry.id->ToString() : "-",
                 entry.origin ? entry.origin->ToString() : "-", StateWord(entry.state), entry.key, entry.attempts,
                 entry.perhaps_from, entry.surely_from, entry.lease, FormatTime(entry.appended),
                 entry.until == Time::max() ? "?" : FormatTime(entry.until),
                 entry.expires != Time{} ? " expires " + FormatTime(entry.expires) : "", entry.maybe ? " maybe" : "",
                 entry.unsure ? " unsure" : "", entry.stuck ? " stuck" : "");
    }
    for (const engine::PeekedMessage& message : PeekAll(*cursor)) {
      fmt::print("  engine {} {} of {} {} attempts {} until {}\n", Short(message.message->content.body),
                 message.id.ToString(), message.origin.ToString(), StateWord(message.state), message.attempts,
                 message.until ? FormatTime(*message.until) : "-");
    }
  }
}

// ---- the end

// Everything that is owed is delivered and acked, and then nothing is left of it.
void ModelRun::SettleEverything() {
  Trace("settling everything");
  KeepNothing();
  for (int round = 0; round < 60; ++round) {
    bool anything = false;
    for (ModelCursor* cursor : SourcesFirst()) {
      for (;;) {
        const auto response = Ask<engine::ReceiveResponse>([&](auto done) {
          sim_.engine().Receive(caller_, {.source = cursor->target(), .max_messages = 1'000, .visibility_timeout = 10s},
                                done);
        });
        if (!response.ok()) Violate(invariant::kAnswers, response.error().message);
        const std::size_t first = model_.receipts.size();
        model_.Received(*cursor, response->deliveries, 1'000, 10s, !HasWaiters(*cursor));
        AfterCommand();
        if (response->deliveries.empty()) break;
        std::vector<std::string> receipts;
        for (const auto& delivery : response->deliveries) receipts.push_back(delivery.receipt);
        const auto acked = Ask<engine::SettleResponse>(
            [&](auto done) { sim_.engine().Ack(caller_, cursor->target(), receipts, done); });
        if (!acked.ok()) Violate(invariant::kAnswers, acked.error().message);
        for (std::size_t i = 0; i < receipts.size(); ++i) model_.Acked(model_.receipts[first + i], acked->results[i]);
        AfterCommand();
      }
      if (model_.CountPassed(*cursor) > 0) Reconcile(*cursor);
      anything = anything || !cursor->entries.empty();
    }
    for (const auto& [name, topic] : model_.topics) anything = anything || !topic.delayed.empty();
    if (!anything) return;
    AdvanceBy(30s);
  }
  for (ModelCursor* cursor : model_.Cursors()) {
    if (!cursor->entries.empty()) {
      Violate(invariant::kServed,
              fmt::format("{} still holds \"{}\"", cursor->owner.ToString(), cursor->entries[0].body));
    }
  }
}

void ModelRun::CheckNothingIsKept() {
  AdvanceBy(3 * options_.chunk_age);
  CheckEverything();
  for (const storage::Family family : {storage::Family::kLog, storage::Family::kKept, storage::Family::kOutstanding,
                                       storage::Family::kSchedule, storage::Family::kIdempotency}) {
    if (const std::uint64_t keys = sim_.store().KeyCount(family); keys > 0) {
      Violate(invariant::kSpace,
              fmt::format("all is settled, and the store still has {} keys in {}", keys, ToString(family)));
    }
  }
}

}  // namespace broker::test
