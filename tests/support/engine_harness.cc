#include "tests/support/engine_harness.h"

#include <fmt/format.h>

#include "broker/model/limits.h"

namespace broker::test {
namespace {

using engine::Delivery;
using engine::MessageState;

// The verb that must succeed.
template <class T>
T Must(Result<T> result, const std::string& what) {
  if (!result.ok()) {
    ADD_FAILURE() << what << " was refused with " << ToString(result.error().code) << ": " << result.error().message;
    if constexpr (std::is_default_constructible_v<T>) return T{};
  }
  return std::move(result).value();
}
void Must(const Status& status, const std::string& what) {
  if (!status.ok()) {
    ADD_FAILURE() << what << " was refused with " << ToString(status.error().code) << ": " << status.error().message;
  }
}

model::Target TargetOf(const std::string& text) { return Must(model::Target::Parse("target", text), text); }

std::string Words(const Result<engine::SettleResponse>& response) {
  if (!response.ok()) return std::string(ToString(response.error().code));
  std::vector<std::string> words;
  for (const Status& status : response->results) {
    words.push_back(status.ok() ? "ok" : std::string(ToString(status.error().code)));
  }
  return Join(words);
}

std::string AllOk(std::size_t count) { return Join(std::vector<std::string>(count, "ok")); }

std::string Bodies(const std::vector<Delivery>& deliveries) {
  std::vector<std::string> bodies;
  for (const Delivery& delivery : deliveries) bodies.push_back(delivery.message->content.body);
  return Join(bodies);
}

}  // namespace

std::vector<std::string> Split(const std::string& list) {
  std::vector<std::string> items;
  if (list.empty()) return items;
  std::size_t from = 0;
  for (std::size_t comma = list.find(','); comma != std::string::npos; comma = list.find(',', from)) {
    items.push_back(list.substr(from, comma - from));
    from = comma + 1;
  }
  items.push_back(list.substr(from));
  return items;
}

std::string Join(const std::vector<std::string>& items) {
  std::string list;
  for (const std::string& item : items) list += (list.empty() ? "" : ",") + item;
  return list;
}

model::RedrivePolicy DeadLetterTo(const std::string& queue, std::uint32_t max_attempts) {
  return {max_attempts, {model::ResourceKind::kQueue, queue}};
}

// ---- topics, queues, subscriptions

Result<engine::TopicInfo> EngineHarness::TryCreateTopic(const std::string& name, model::TopicSettings settings) {
  return Call<engine::TopicInfo>([&](auto done) { engine().CreateTopic(caller, name, settings, done); });
}
Result<engine::QueueInfo> EngineHarness::TryCreateQueue(const std::string& name, model::QueueSettings settings) {
  return Call<engine::QueueInfo>([&](auto done) { engine().CreateQueue(caller, name, settings, done); });
}
Result<engine::SubscriptionInfo> EngineHarness::TryCreateSubscription(const std::string& name,
                                                                      model::SubscriptionSettings settings,
                                                                      engine::StartAt start) {
  return Call<engine::SubscriptionInfo>(
      [&](auto done) { engine().CreateSubscription(caller, name, settings, start, done); });
}
Result<engine::TopicInfo> EngineHarness::TryUpdateTopic(const std::string& name, engine::TopicPatch patch) {
  return Call<engine::TopicInfo>([&](auto done) { engine().UpdateTopic(caller, name, patch, done); });
}
Result<engine::QueueInfo> EngineHarness::TryUpdateQueue(const std::string& name, engine::QueuePatch patch) {
  return Call<engine::QueueInfo>([&](auto done) { engine().UpdateQueue(caller, name, patch, done); });
}
Result<engine::SubscriptionInfo> EngineHarness::TryUpdateSubscription(const std::string& name,
                                                                      engine::SubscriptionPatch patch) {
  return Call<engine::SubscriptionInfo>([&](auto done) { engine().UpdateSubscription(caller, name, patch, done); });
}
Status EngineHarness::TryDeleteTopic(const std::string& name, bool force) {
  return Call<void>([&](auto done) { engine().DeleteTopic(caller, name, force, done); });
}
Status EngineHarness::TryDeleteQueue(const std::string& name, bool force) {
  return Call<void>([&](auto done) { engine().DeleteQueue(caller, name, force, done); });
}
Status EngineHarness::TryDeleteSubscription(const std::string& name) {
  return Call<void>([&](auto done) { engine().DeleteSubscription(caller, name, done); });
}
Result<engine::TopicDescription> EngineHarness::DescribeTopic(const std::string& name) {
  return Call<engine::TopicDescription>([&](auto done) { engine().DescribeTopic(caller, name, done); });
}
Result<engine::QueueDescription> EngineHarness::DescribeQueue(const std::string& name) {
  return Call<engine::QueueDescription>([&](auto done) { engine().DescribeQueue(caller, name, done); });
}
Result<engine::SubscriptionDescription> EngineHarness::DescribeSubscription(const std::string& name) {
  return Call<engine::SubscriptionDescription>([&](auto done) { engine().DescribeSubscription(caller, name, done); });
}

void EngineHarness::CreateTopic(const std::string& name, model::TopicSettings settings) {
  Must(TryCreateTopic(name, settings), "creating topic " + name);
}
void EngineHarness::CreateQueue(const std::string& name, model::QueueSettings settings) {
  Must(TryCreateQueue(name, std::move(settings)), "creating queue " + name);
}
void EngineHarness::CreatePull(const std::string& name, const std::string& topic, model::DeliverySettings delivery) {
  Must(TryCreateSubscription(name, {.topic = topic, .delivery = std::move(delivery)}), "creating subscription " + name);
}
void EngineHarness::CreatePullAtEarliest(const std::string& name, const std::string& topic) {
  Must(TryCreateSubscription(name, {.topic = topic}, engine::StartAt::kEarliest), "creating subscription " + name);
}
void EngineHarness::SubscribeQueue(const std::string& name, const std::string& topic, const std::string& queue,
                                   const std::string& format) {
  Must(TryCreateSubscription(name, {.topic = topic, .queue = queue, .delivery_format = format}),
       "creating subscription " + name);
}
void EngineHarness::CreateFiltered(const std::string& name, const std::string& topic, const std::string& filter,
                                   engine::StartAt start, model::DeliverySettings delivery) {
  model::SubscriptionSettings settings{.topic = topic, .delivery = std::move(delivery)};
  settings.filter = *model::Filter::Parse(filter);
  Must(TryCreateSubscription(name, std::move(settings), start), "creating subscription " + name);
}
void EngineHarness::SubscribeFiltered(const std::string& name, const std::string& topic, const std::string& queue,
                                      const std::string& filter) {
  model::SubscriptionSettings settings{.topic = topic, .queue = queue};
  settings.filter = *model::Filter::Parse(filter);
  Must(TryCreateSubscription(name, std::move(settings)), "creating subscription " + name);
}
void EngineHarness::UpdateQueue(const std::string& name, engine::QueuePatch patch) {
  Must(TryUpdateQueue(name, std::move(patch)), "updating queue " + name);
}
void EngineHarness::PauseQueue(const std::string& name, bool paused) { UpdateQueue(name, {.delivery = {.paused = paused}}); }
void EngineHarness::DeleteTopic(const std::string& name) { Must(TryDeleteTopic(name), "deleting topic " + name); }
void EngineHarness::DeleteQueue(const std::string& name) { Must(TryDeleteQueue(name), "deleting queue " + name); }
void EngineHarness::DeleteSubscription(const std::string& name) {
  Must(TryDeleteSubscription(name), "deleting subscription " + name);
}

// ---- publish

engine::PublishRequest EngineHarness::Batch(const std::string& target, const std::string& bodies) {
  engine::PublishRequest request{.target = TargetOf(target)};
  for (const std::string& body : Split(bodies)) request.entries.push_back({.content = {.body = body}});
  return request;
}
Pending<engine::PublishResponse> EngineHarness::StartPublish(engine::PublishRequest request) {
  Pending<engine::PublishResponse> pending;
  engine().Publish(caller, std::move(request), pending.done());
  return pending;
}
Result<engine::PublishResponse> EngineHarness::TryPublish(engine::PublishRequest request) {
  return Call<engine::PublishResponse>([&](auto done) { engine().Publish(caller, std::move(request), done); });
}
std::vector<model::MessageId> EngineHarness::Publish(const std::string& target, const std::string& bodies) {
  return PublishKeyed(target, "", bodies);
}
std::vector<model::MessageId> EngineHarness::PublishKeyed(const std::string& target, const std::string& key,
                                                          const std::string& bodies) {
  engine::PublishRequest request = Batch(target, bodies);
  for (auto& entry : request.entries) entry.content.ordering_key = key;
  std::vector<model::MessageId> ids;
  for (auto& result : Must(TryPublish(std::move(request)), "publishing to " + target).results) {
    ids.push_back(Must(std::move(result), "publishing an entry to " + target).id);
  }
  return ids;
}
model::MessageId EngineHarness::PublishDelayed(const std::string& target, const std::string& body, Nanos delay) {
  engine::PublishRequest request = Batch(target, body);
  request.entries[0].delay = delay;
  auto response = Must(TryPublish(std::move(request)), "publishing to " + target);
  if (response.results.empty()) return {};
  return Must(std::move(response.results[0]), "publishing an entry to " + target).id;
}
void EngineHarness::PublishFor(const std::string& target, const std::string& bodies, Nanos ttl) {
  engine::PublishRequest request = Batch(target, bodies);
  for (auto& entry : request.entries) entry.ttl = ttl;
  for (auto& result : Must(TryPublish(std::move(request)), "publishing to " + target).results) {
    Must(std::move(result), "publishing an entry to " + target);
  }
}
std::uint32_t EngineHarness::PublishKind(const std::string& target, const std::string& kind, const std::string& bodies) {
  engine::PublishRequest request = Batch(target, bodies);
  for (auto& entry : request.entries) entry.content.attributes["kind"] = {.value = kind};
  return Must(TryPublish(std::move(request)), "publishing to " + target).subscriptions;
}
bool EngineHarness::PublishOnce(const std::string& target, const std::string& id, const std::string& body) {
  engine::PublishRequest request = Batch(target, body);
  request.entries[0].content.deduplication_id = id;
  auto response = Must(TryPublish(std::move(request)), "publishing to " + target);
  if (response.results.empty()) return false;
  return !Must(std::move(response.results[0]), "publishing an entry to " + target).duplicate;
}

// ---- receive and settle

Result<engine::ReceiveResponse> EngineHarness::TryReceive(engine::ReceiveRequest request) {
  return Call<engine::ReceiveResponse>([&](auto done) { engine().Receive(caller, std::move(request), done); });
}
void EngineHarness::Remember(const std::string& source, const engine::ReceiveResponse& response) {
  for (const Delivery& delivery : response.deliveries) last_[{source, delivery.message->content.body}] = delivery;
}
std::vector<Delivery> EngineHarness::Deliveries(const std::string& source, std::uint32_t max_messages) {
  auto response =
      Must(TryReceive({.source = TargetOf(source), .max_messages = max_messages}), "receiving from " + source);
  Remember(source, response);
  return std::move(response.deliveries);
}
std::string EngineHarness::Receive(const std::string& source, std::uint32_t max_messages) {
  return Bodies(Deliveries(source, max_messages));
}
WaitingReceive EngineHarness::StartReceive(const std::string& source, Nanos wait, std::uint32_t max_messages) {
  WaitingReceive receive;
  receive.waiter = engine().Receive(caller, {.source = TargetOf(source), .max_messages = max_messages, .wait = wait},
                                    [this, source, done = receive.answer.done()](auto result) {
                                      if (result.ok()) Remember(source, *result);
                                      done(std::move(result));
                                    });
  return receive;
}
std::string EngineHarness::Answer(const WaitingReceive& receive) {
  if (!receive.answer.answered()) return "waiting";
  const auto& result = receive.answer.result();
  return result.ok() ? Bodies(result->deliveries) : std::string(ToString(result.error().code));
}
const Delivery& EngineHarness::Last(const std::string& source, const std::string& body) const {
  const auto found = last_.find({source, body});
  if (found == last_.end()) ADD_FAILURE() << "\"" << body << "\" was never received from " << source;
  BROKER_CHECK(found != last_.end());
  return found->second;
}
std::string EngineHarness::ReceiptOf(const std::string& source, const std::string& body) const {
  return Last(source, body).receipt;
}
std::vector<std::string> EngineHarness::Receipts(const std::string& source, const std::string& bodies) const {
  std::vector<std::string> receipts;
  for (const std::string& body : Split(bodies)) receipts.push_back(ReceiptOf(source, body));
  return receipts;
}

Pending<engine::SettleResponse> EngineHarness::StartAck(const std::string& source,
                                                        const std::vector<std::string>& receipts) {
  Pending<engine::SettleResponse> pending;
  engine().Ack(caller, TargetOf(source), receipts, pending.done());
  return pending;
}
std::string EngineHarness::TryAck(const std::string& source, const std::vector<std::string>& receipts) {
  return Words(
      Call<engine::SettleResponse>([&](auto done) { engine().Ack(caller, TargetOf(source), receipts, done); }));
}
std::string EngineHarness::TryNack(const std::string& source, const std::vector<engine::NackEntry>& entries) {
  return Words(
      Call<engine::SettleResponse>([&](auto done) { engine().Nack(caller, TargetOf(source), entries, done); }));
}
std::string EngineHarness::TryExtend(const std::string& source, const std::vector<engine::ExtendEntry>& entries) {
  return Words(
      Call<engine::SettleResponse>([&](auto done) { engine().Extend(caller, TargetOf(source), entries, done); }));
}
void EngineHarness::Ack(const std::string& source, const std::string& bodies) {
  const auto receipts = Receipts(source, bodies);
  EXPECT_EQ(TryAck(source, receipts), AllOk(receipts.size())) << "acking " << bodies << " of " << source;
}
void EngineHarness::Nack(const std::string& source, const std::string& bodies, const std::string& reason,
                         Nanos backoff) {
  std::vector<engine::NackEntry> entries;
  for (const std::string& receipt : Receipts(source, bodies)) entries.push_back({receipt, reason, backoff});
  EXPECT_EQ(TryNack(source, entries), AllOk(entries.size())) << "nacking " << bodies << " of " << source;
}
void EngineHarness::GiveUp(const std::string& source, const std::string& bodies) {
  std::vector<engine::NackEntry> entries;
  for (const std::string& receipt : Receipts(source, bodies)) entries.push_back({receipt, {}, std::nullopt});
  EXPECT_EQ(TryNack(source, entries), AllOk(entries.size())) << "giving up " << bodies << " of " << source;
}
void EngineHarness::Extend(const std::string& source, const std::string& bodies, Nanos visibility_timeout) {
  std::vector<engine::ExtendEntry> entries;
  for (const std::string& receipt : Receipts(source, bodies)) entries.push_back({receipt, visibility_timeout});
  EXPECT_EQ(TryExtend(source, entries), AllOk(entries.size())) << "extending " << bodies << " of " << source;
}
void EngineHarness::Release(const std::string& source, const std::string& bodies, bool counted) {
  const auto receipts = Receipts(source, bodies);
  Must(Call<void>([&](auto done) { engine().Release(caller, TargetOf(source), receipts, counted, done); }),
       "releasing " + bodies + " of " + source);
}

// ---- looking

std::vector<engine::PeekedMessage> EngineHarness::Peeked(const std::string& source, MessageState state,
                                                         std::size_t page_size) {
  std::vector<engine::PeekedMessage> all;
  std::string token;
  do {
    auto page = Must(Call<engine::ListPage<engine::PeekedMessage>>([&](auto done) {
                       engine().Peek(caller, {TargetOf(source), state, page_size, token}, done);
                     }),
                     "peeking at " + source);
    for (auto& message : page.items) all.push_back(std::move(message));
    token = page.next_page_token;
  } while (!token.empty());
  return all;
}
std::string EngineHarness::Peek(const std::string& source, MessageState state) {
  std::vector<std::string> bodies;
  for (const auto& peeked : Peeked(source, state)) bodies.push_back(peeked.message->content.body);
  return Join(bodies);
}
engine::Stats EngineHarness::StatsOf(const std::string& source) {
  const model::Target target = TargetOf(source);
  if (target.kind != model::ResourceKind::kSubscription) {
    auto queue = DescribeQueue(target.name);
    if (queue.ok()) return std::move(queue->stats);
  }
  return Must(DescribeSubscription(target.name), "describing " + source).stats;
}
std::string EngineHarness::Counts(const std::string& source) {
  const engine::Stats stats = StatsOf(source);
  std::string text;
  const auto add = [&text](std::uint64_t count, std::string_view word) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  };
  add(stats.ready, "ready");
  add(stats.leased, "leased");
  add(stats.retrying, "retrying");
  add(stats.delayed, "delayed");
  add(stats.unscanned, "unscanned");
  return text.empty() ? "empty" : text;
}

// ---- the rest

std::uint64_t EngineHarness::Purge(const std::string& source) {
  return Must(Call<std::uint64_t>([&](auto done) { engine().Purge(caller, TargetOf(source), done); }),
              "purging " + source);
}
Status EngineHarness::TryCancelDelayed(const std::string& source, model::MessageId id) {
  return Call<void>([&](auto done) { engine().CancelDelayed(caller, TargetOf(source), id, done); });
}
Result<engine::TaskInfo> EngineHarness::TryMove(engine::MoveRequest request) {
  return Call<engine::TaskInfo>([&](auto done) { engine().Move(caller, request, done); });
}
Result<engine::TaskInfo> EngineHarness::TryRedrive(const std::string& queue) { return TryMove({.queue = queue}); }
engine::TaskInfo EngineHarness::Redrive(const std::string& queue) { return Move({.queue = queue}); }
engine::TaskInfo EngineHarness::Move(engine::MoveRequest request) {
  return UntilEnded(Must(TryMove(request), "moving from " + request.queue));
}
engine::TaskInfo EngineHarness::UntilEnded(engine::TaskInfo task) {
  for (int i = 0; i < 10'000 && task.state == engine::TaskState::kRunning; ++i) {
    task = Must(GetTask(task.id), "getting a task");
    if (task.state == engine::TaskState::kRunning) AdvanceOnce(std::chrono::seconds(1));
  }
  EXPECT_NE(task.state, engine::TaskState::kRunning) << "the task does not end";
  return task;
}
engine::TaskInfo EngineHarness::Finish(model::TaskId id) { return UntilEnded(Must(GetTask(id), "getting a task")); }
Result<engine::TaskInfo> EngineHarness::GetTask(model::TaskId id) {
  return Call<engine::TaskInfo>([&](auto done) { engine().GetTask(caller, id, done); });
}
Result<engine::TaskInfo> EngineHarness::TryCancelTask(model::TaskId id) {
  return Call<engine::TaskInfo>([&](auto done) { engine().CancelTask(caller, id, done); });
}
Result<engine::ListPage<engine::TaskInfo>> EngineHarness::TryListTasks(engine::ListRequest request) {
  return Call<engine::ListPage<engine::TaskInfo>>([&](auto done) { engine().ListTasks(caller, request, done); });
}

Result<std::vector<engine::ConsumerInfo>> EngineHarness::TryListConsumers(const std::string& source) {
  return Call<std::vector<engine::ConsumerInfo>>(
      [&](auto done) { engine().ListConsumers(caller, TargetOf(source), done); });
}
engine::ClockInfo EngineHarness::ShowClock() {
  return Must(Call<engine::ClockInfo>([&](auto done) { engine().ShowClock(done); }), "showing the clock");
}
engine::ClockInfo EngineHarness::AcceptClock() {
  return Must(Call<engine::ClockInfo>([&](auto done) { engine().AcceptClock(done); }), "accepting the clock");
}

}  // namespace broker::test
