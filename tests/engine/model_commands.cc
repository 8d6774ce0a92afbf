// The commands that move messages: drawn at random, given to engine and model.
#include <algorithm>
#include <functional>
#include <utility>

#include "broker/model/limits.h"
#include "tests/engine/model_run.h"
#include "tests/engine/model_run_inline.h"

namespace broker::test {

using namespace std::chrono_literals;
using engine::MessageState;
using model::ResourceKind;

namespace {

Nanos SomeTimeout(SeededEntropy& chance) {
  const Nanos timeouts[] = {0s, 1s, 7s, 30s, 2min};
  return timeouts[chance.OneIn(12) ? 0 : 1 + chance.Below(4)];
}

}  // namespace

void ModelRun::RunOne() {
  struct Weighted {
    std::uint64_t weight;
    void (ModelRun::*run)();
  };
  static constexpr Weighted kCommands[] = {
      {24, &ModelRun::Publish},      {22, &ModelRun::Receive},   {26, &ModelRun::Settle},
      {2, &ModelRun::Release},       {6, &ModelRun::Look},       {1, &ModelRun::Purge},
      {2, &ModelRun::CancelDelayed}, {3, &ModelRun::Redrive},    {3, &ModelRun::Move},
      {6, &ModelRun::ReceiveAgain},  {6, &ModelRun::WorkOnce},   {2, &ModelRun::CancelWaiter},
      {22, &ModelRun::StepTime},     {5, &ModelRun::Administer}, {3, &ModelRun::Crash},
      {3, &ModelRun::CrashMidway},   {5, &ModelRun::Seek},       {3, &ModelRun::Snapshot},
      {2, &ModelRun::Replay},        {3, &ModelRun::Pause},      {2, &ModelRun::ChangeAccess},
      {2, &ModelRun::SetPolicy}};
  std::uint64_t total = 0;
  for (const Weighted& command : kCommands) total += command.weight;
  std::uint64_t drawn = chance_.Below(total);
  for (const Weighted& command : kCommands) {
    if (drawn < command.weight) return (this->*command.run)();
    drawn -= command.weight;
  }
}

void ModelRun::StepTime() {
  const std::uint64_t kind = chance_.Below(20);
  const std::uint64_t most_ms = kind < 14 ? 5'000 : kind < 19 ? 60'000 : 900'000;
  const Millis by(1 + chance_.Below(most_ms));
  Trace("time passes: {}", FormatDuration(by));
  AdvanceBy(by);
}

// ---- receive and settle

void ModelRun::Receive() {
  ModelCursor* cursor = SomeCursor();
  if (cursor == nullptr) return;
  caller_.consumer = fmt::format("c{}", chance_.Below(3));
  engine::ReceiveRequest request{.source = cursor->target()};
  request.max_messages = static_cast<std::uint32_t>(chance_.Between(1, 10));
  Nanos timeout = cursor->settings.visibility_timeout;
  if (chance_.OneIn(4)) request.visibility_timeout = timeout = SomeTimeout(chance_);
  if (!with_waiters_ || !chance_.OneIn(3)) {
    Trace("receive {} from {} for {}", request.max_messages, cursor->owner.ToString(), FormatDuration(timeout));
    const std::size_t first = model_.receipts.size();
    const auto response =
        Ask<engine::ReceiveResponse>([&](auto done) { sim_.engine().Receive(caller_, request, done); });
    if (!response.ok()) Violate(invariant::kAnswers, "a receive was refused: " + response.error().message);
    if (trace_) {
      for (const auto& delivery : response->deliveries) Trace("  got {}", Short(delivery.message->content.body));
    }
    model_.Received(*cursor, response->deliveries, request.max_messages, timeout, !HasWaiters(*cursor));
    NoteConsumer(first, caller_.consumer);
    return AfterCommand();
  }
  auto waiting = std::make_shared<Waiting>();
  request.wait = Millis(1 + chance_.Below(60'000));
  waiting->owner = cursor->owner;
  waiting->generation = cursor->generation;
  waiting->consumer = caller_.consumer;
  waiting->max_messages = request.max_messages;
  waiting->visibility_timeout = request.visibility_timeout;
  waiting->deadline = sim_.now() + request.wait;
  // The callback may outlive this run's interest in it, never the run.
  waiting->waiter = sim_.engine().Receive(caller_, request, [this, waiting](Result<engine::ReceiveResponse> answer) {
    waiting->answer.emplace(std::move(answer));
    answered_.push_back(waiting);
  });
  Trace("receive {} from {} for {}, waiting {} as {}", request.max_messages, cursor->owner.ToString(),
        FormatDuration(timeout), FormatDuration(request.wait), waiting->waiter);
  waiting_.push_back(waiting);
  sim_.Drain();
  AfterCommand();
}

void ModelRun::CancelWaiter() {
  if (waiting_.empty()) return;
  const auto waiting = waiting_[static_cast<std::size_t>(chance_.Below(waiting_.size()))];
  Trace("cancel waiter {}", waiting->waiter);
  sim_.engine().CancelReceive(waiting->waiter);
  sim_.Drain();
  if (!waiting->answer || waiting->answer->ok()) Violate(invariant::kAnswers, "a cancelled receive was not ended");
  AfterCommand();
}

// Receipts of one source, mostly young ones.
std::vector<ModelReceipt> ModelRun::PickReceipts(std::size_t count, bool certain) {
  std::vector<ModelReceipt> picked;
  const std::size_t all = model_.receipts.size();
  if (all == 0) return picked;
  for (std::size_t tries = 0; tries < 4 * count && picked.size() < count; ++tries) {
    const std::size_t among = chance_.OneIn(6) ? all : std::min<std::size_t>(all, 15);
    const ModelReceipt& receipt = model_.receipts[all - 1 - static_cast<std::size_t>(chance_.Below(among))];
    if (!picked.empty() && receipt.owner != picked[0].owner) continue;
    const ModelCursor* cursor = model_.FindCursor(receipt.owner);
    if (cursor == nullptr) continue;
    if (certain && cursor->generation == receipt.generation && !model_.IsCertain(receipt)) continue;
    const bool again =
        std::any_of(picked.begin(), picked.end(), [&](const auto& other) { return other.text == receipt.text; });
    if (!again) picked.push_back(receipt);
  }
  return picked;
}

void ModelRun::Settle() {
  const std::uint64_t kind = chance_.Below(10);
  const bool ack = kind < 5;
  auto receipts = PickReceipts(chance_.OneIn(2) ? 1 : static_cast<std::size_t>(chance_.Between(2, 8)), !ack);
  if (receipts.empty()) return;
  ModelCursor& cursor = *model_.FindCursor(receipts[0].owner);
  // What a nack does to the others of its key within one command is the behaviour tests' business.
  if (!ack && cursor.settings.ordered) receipts.resize(1);
  std::optional<Nanos> backoff;
  if (!chance_.OneIn(3)) backoff = chance_.OneIn(2) ? Nanos{0} : Nanos{Millis(chance_.Below(200'000))};
  const Nanos timeout = SomeTimeout(chance_);
  const bool nack = kind < 8;
  const std::string reason = nack && chance_.OneIn(2) ? fmt::format("r{}", chance_.Below(100)) : "";
  if (!ack && !nack && timeout == Nanos{0} && cursor.settings.ordered) receipts.resize(1);
  Trace("{} {} of {}, lease {} ({})",
        ack    ? "ack"
        : nack ? "nack"
               : "extend",
        receipts.size(), cursor.owner.ToString(), receipts[0].lease,
        nack ? (backoff ? FormatDuration(*backoff) : "its own backoff") : FormatDuration(timeout));
  const auto response = Ask<engine::SettleResponse>([&](auto done) {
    if (ack) {
      std::vector<std::string> texts;
      for (const auto& receipt : receipts) texts.push_back(receipt.text);
      sim_.engine().Ack(caller_, cursor.target(), texts, done);
    } else if (nack) {
      std::vector<engine::NackEntry> entries;
      for (const auto& receipt : receipts) entries.push_back({receipt.text, reason, backoff});
      sim_.engine().Nack(caller_, cursor.target(), entries, done);
    } else {
      std::vector<engine::ExtendEntry> entries;
      for (const auto& receipt : receipts) entries.push_back({receipt.text, timeout});
      sim_.engine().Extend(caller_, cursor.target(), entries, done);
    }
  });
  if (!response.ok()) Violate(invariant::kAnswers, "settling was refused: " + response.error().message);
  if (response->results.size() != receipts.size()) Violate(invariant::kAnswers, "not one result per receipt");
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const Status& status = response->results[i];
    if (ack) {
      model_.Acked(receipts[i], status);
    } else if (nack) {
      model_.Nacked(receipts[i], status, reason, backoff);
    } else {
      model_.Extended(receipts[i], status, timeout);
    }
  }
  AfterCommand();
}

void ModelRun::Release() {
  const auto receipts = PickReceipts(1, true);
  if (receipts.empty()) return;
  ModelCursor& cursor = *model_.FindCursor(receipts[0].owner);
  const bool counted = chance_.OneIn(2);
  Trace("release {} of {}{}", receipts[0].lease, cursor.owner.ToString(), counted ? ", counted" : "");
  const auto answer =
      Ask<void>([&](auto done) { sim_.engine().Release(caller_, cursor.target(), {receipts[0].text}, counted, done); });
  if (!answer.ok()) Violate(invariant::kAnswers, "a release was refused: " + answer.error().message);
  if (cursor.generation == receipts[0].generation) {
    model_.Released(receipts[0], counted);
    // Nobody ever had the receipt of what could not be handed over.
    if (!counted)
      std::erase_if(model_.receipts, [&](const ModelReceipt& receipt) { return receipt.text == receipts[0].text; });
  }
  AfterCommand();
}

// ---- the rest

void ModelRun::Look() {
  if (ModelCursor* cursor = SomeCursor()) {
    CheckCursor(*cursor);
    CheckConsumers(*cursor);
    if (chance_.OneIn(2)) Reconcile(*cursor);
  }
}

void ModelRun::Purge() {
  ModelCursor* cursor = SomeCursor();
  if (cursor == nullptr || !chance_.OneIn(2)) return;
  Trace("purge {}", cursor->owner.ToString());
  const auto count = Ask<std::uint64_t>([&](auto done) { sim_.engine().Purge(caller_, cursor->target(), done); });
  if (!count.ok()) Violate(invariant::kAnswers, "a purge was refused: " + count.error().message);
  model_.Purged(*cursor, *count);
  AfterCommand();
}

void ModelRun::CancelDelayed() {
  std::vector<std::pair<model::Target, model::MessageId>> delayed;
  for (auto& [name, queue] : model_.queues) {
    if (queue.cursor->settings.ordered) continue;
    for (const ModelEntry& entry : queue.cursor->entries) {
      const bool counts = entry.state == MessageState::kDelayed || chance_.OneIn(30);
      if (counts && entry.id) delayed.push_back({{ResourceKind::kQueue, name}, *entry.id});
    }
  }
  for (auto& [name, topic] : model_.topics) {
    for (const ModelEntry& entry : topic.delayed) {
      if (entry.id) delayed.push_back({{ResourceKind::kTopic, name}, *entry.id});
    }
  }
  if (delayed.empty()) return;
  const auto [target, id] = delayed[static_cast<std::size_t>(chance_.Below(delayed.size()))];
  const auto is_it = [id = id](const ModelEntry& entry) {
    return entry.id == id && (entry.state == MessageState::kDelayed || entry.until != Time{});
  };
  std::size_t removed = 0;
  if (target.kind == ResourceKind::kTopic) {
    removed = std::erase_if(model_.topics.at(target.name).delayed, is_it);
  } else {
    removed = std::erase_if(model_.queues.at(target.name).cursor->entries, [id = id](const ModelEntry& entry) {
      return entry.id == id && entry.state == MessageState::kDelayed;
    });
  }
  Trace("cancel delayed {} of {}", id.ToString(), target.name);
  const auto answer =
      Ask<void>([&, where = target, what = id](auto done) { sim_.engine().CancelDelayed(caller_, where, what, done); });
  if (answer.ok() != (removed > 0)) {
    Violate(invariant::kAnswers, fmt::format("cancelling {} of {} was {}", id.ToString(), target.name,
                                             answer.ok() ? "done" : answer.error().message));
  }
  AfterCommand();
}

}  // namespace broker::test
