#include "broker/engine/engine.h"

#include <algorithm>
#include <utility>

#include "broker/engine/core.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/record_codec.h"

namespace broker::engine {

Result<std::unique_ptr<Engine>> Engine::Open(EngineDeps deps, EngineOptions options, storage::GroupState recovered) {
  Nanos held_back{0};
  const auto value = deps.kv.Get(storage::Family::kMeta, "engine", storage::ReadMode::kExact);
  if (!value.ok()) return value.error();
  if (value->has_value()) {
    storage::v0::EngineRecord record;
    BROKER_RETURN_IF_ERROR(storage::Open("engine", **value, record));
    held_back = Nanos(record.held_back_ns());
  }
  auto core = std::make_unique<Core>(deps, options, recovered.engine_time, held_back);
  BROKER_RETURN_IF_ERROR(core->Recover());
  return std::unique_ptr<Engine>(new Engine(std::move(core)));
}

Engine::Engine(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Engine::~Engine() = default;

std::optional<MonotonicTime> Engine::NextDeadline() const {
  core_->AssertStrand();
  return core_->NextDeadline();
}
void Engine::RunDue() {
  core_->AssertStrand();
  core_->Begin();
}
bool Engine::HasWork() const {
  core_->AssertStrand();
  return core_->HasWork();
}
std::optional<PendingGroup> Engine::TakeGroup() {
  core_->AssertStrand();
  return core_->TakeGroup();
}
void Engine::Committed(PendingGroup group) {
  core_->AssertStrand();
  core_->Committed(std::move(group));
}
void Engine::SetStorageFull(std::optional<std::string> why) {
  core_->AssertStrand();
  core_->SetStorageFull(std::move(why));
}

// Every command: on the strand, at one clock reading, with its answer after the group that holds its effects.
#define BROKER_COMMAND(call)   \
  core_->AssertStrand();       \
  core_->Begin();              \
  core_->Answer(std::move(done), call)

void Engine::CreateTopic(const Caller& caller, std::string name, model::TopicSettings settings, Done<TopicInfo> done) {
  BROKER_COMMAND(core_->CreateTopic(caller, std::move(name), settings));
}
void Engine::UpdateTopic(const Caller& caller, std::string name, TopicPatch patch, Done<TopicInfo> done) {
  BROKER_COMMAND(core_->UpdateTopic(caller, name, patch));
}
void Engine::DescribeTopic(const Caller& caller, std::string name, Done<TopicDescription> done) {
  BROKER_COMMAND(core_->catalog().DescribeTopic(caller, name));
}
void Engine::ListTopics(const Caller& caller, ListRequest request, Done<ListPage<TopicInfo>> done) {
  BROKER_COMMAND(core_->catalog().ListTopics(caller, request));
}
void Engine::DeleteTopic(const Caller& caller, std::string name, bool force, Done<void> done) {
  BROKER_COMMAND(core_->DeleteTopic(caller, name, force));
}

void Engine::CreateQueue(const Caller& caller, std::string name, model::QueueSettings settings, Done<QueueInfo> done) {
  BROKER_COMMAND(core_->CreateQueue(caller, std::move(name), std::move(settings)));
}
void Engine::UpdateQueue(const Caller& caller, std::string name, QueuePatch patch, Done<QueueInfo> done) {
  BROKER_COMMAND(core_->UpdateQueue(caller, name, patch));
}
void Engine::DescribeQueue(const Caller& caller, std::string name, Done<QueueDescription> done) {
  core_->AssertStrand();
  core_->Begin();
  core_->DescribeQueue(caller, name, std::move(done));
}
void Engine::ListQueues(const Caller& caller, ListRequest request, Done<ListPage<QueueInfo>> done) {
  BROKER_COMMAND(core_->catalog().ListQueues(caller, request));
}
std::optional<QueueNow> Engine::LookUpQueue(const Caller& caller, const std::string& name) const {
  core_->AssertStrand();
  const auto found = core_->catalog().FindQueue(caller, name);
  if (!found.ok()) return std::nullopt;
  return QueueNow{(*found)->settings, (*found)->cursor->outstanding.leased().messages};
}
void Engine::DeleteQueue(const Caller& caller, std::string name, bool force, Done<void> done) {
  BROKER_COMMAND(core_->DeleteQueue(caller, name, force));
}

void Engine::CreateSubscription(const Caller& caller, std::string name, model::SubscriptionSettings settings,
                                StartAt start, Done<SubscriptionInfo> done) {
  BROKER_COMMAND(core_->CreateSubscription(caller, std::move(name), std::move(settings), start));
}
void Engine::UpdateSubscription(const Caller& caller, std::string name, SubscriptionPatch patch,
                                Done<SubscriptionInfo> done) {
  BROKER_COMMAND(core_->UpdateSubscription(caller, name, patch));
}
void Engine::DescribeSubscription(const Caller& caller, std::string name, Done<SubscriptionDescription> done) {
  core_->AssertStrand();
  core_->Begin();
  core_->DescribeSubscription(caller, name, std::move(done));
}
void Engine::ListSubscriptions(const Caller& caller, ListRequest request, std::optional<std::string> topic,
                               Done<ListPage<SubscriptionInfo>> done) {
  BROKER_COMMAND(core_->catalog().ListSubscriptions(caller, request, topic));
}
void Engine::DeleteSubscription(const Caller& caller, std::string name, Done<void> done) {
  BROKER_COMMAND(core_->DeleteSubscription(caller, name));
}

void Engine::Purge(const Caller& caller, model::Target source, Done<std::uint64_t> done) {
  BROKER_COMMAND(core_->Purge(caller, source));
}

void Engine::Publish(const Caller& caller, PublishRequest request, Done<PublishResponse> done) {
  BROKER_COMMAND(core_->Publish(caller, std::move(request)));
}
WaiterId Engine::Receive(const Caller& caller, ReceiveRequest request, Done<ReceiveResponse> done) {
  core_->AssertStrand();
  core_->Begin();
  return core_->Receive(caller, request, std::move(done));
}
WaiterId Engine::Watch(const Caller& caller, model::Target source, Done<void> done) {
  core_->AssertStrand();
  core_->Begin();
  return core_->Watch(caller, source, std::move(done));
}
void Engine::CancelReceive(WaiterId waiter) {
  core_->AssertStrand();
  core_->Begin();
  core_->CancelReceive(waiter);
}
void Engine::Ack(const Caller& caller, model::Target source, std::vector<std::string> receipts,
                 Done<SettleResponse> done) {
  BROKER_COMMAND(core_->Ack(caller, source, receipts));
}
void Engine::Nack(const Caller& caller, model::Target source, std::vector<NackEntry> entries,
                  Done<SettleResponse> done) {
  BROKER_COMMAND(core_->Nack(caller, source, entries));
}
void Engine::Extend(const Caller& caller, model::Target source, std::vector<ExtendEntry> entries,
                    Done<SettleResponse> done) {
  BROKER_COMMAND(core_->Extend(caller, source, entries));
}
void Engine::Release(const Caller& caller, model::Target source, std::vector<std::string> receipts, bool counted,
                     Done<void> done) {
  BROKER_COMMAND(core_->Release(caller, source, receipts, counted));
}

void Engine::Peek(const Caller& caller, PeekRequest request, Done<ListPage<PeekedMessage>> done) {
  core_->AssertStrand();
  core_->Begin();
  core_->Peek(caller, request, std::move(done));
}
void Engine::CancelDelayed(const Caller& caller, model::Target source, model::MessageId id, Done<void> done) {
  BROKER_COMMAND(core_->CancelDelayed(caller, source, id));
}

void Engine::Seek(const Caller& caller, std::string subscription, SeekTo to, Done<SubscriptionDescription> done) {
  core_->AssertStrand();
  core_->Begin();
  core_->Seek(caller, subscription, to, std::move(done));
}
void Engine::CreateSnapshot(const Caller& caller, std::string name, std::string subscription, std::optional<Nanos> life,
                            std::map<std::string, std::string> labels, Done<SnapshotInfo> done) {
  BROKER_COMMAND(core_->CreateSnapshot(caller, std::move(name), subscription, life, std::move(labels)));
}
void Engine::UpdateSnapshot(const Caller& caller, std::string name, SnapshotPatch patch, Done<SnapshotInfo> done) {
  BROKER_COMMAND(core_->UpdateSnapshot(caller, name, patch));
}
void Engine::GetSnapshot(const Caller& caller, std::string name, Done<SnapshotInfo> done) {
  BROKER_COMMAND(core_->catalog().GetSnapshot(caller, name));
}
void Engine::ListSnapshots(const Caller& caller, ListRequest request, Done<ListPage<SnapshotInfo>> done) {
  BROKER_COMMAND(core_->catalog().ListSnapshots(caller, request));
}
void Engine::DeleteSnapshot(const Caller& caller, std::string name, Done<void> done) {
  BROKER_COMMAND(core_->DeleteSnapshot(caller, name));
}
void Engine::Replay(const Caller& caller, ReplayRequest request, Done<TaskInfo> done) {
  core_->AssertStrand();
  core_->Begin();
  core_->Replay(caller, request, std::move(done));
}

void Engine::ListConsumers(const Caller& caller, model::Target source, Done<std::vector<ConsumerInfo>> done) {
  BROKER_COMMAND(core_->ListConsumers(caller, source));
}

void Engine::Move(const Caller& caller, MoveRequest request, Done<TaskInfo> done) {
  BROKER_COMMAND(core_->Move(caller, request));
}
void Engine::GetTask(const Caller& caller, model::TaskId id, Done<TaskInfo> done) {
  BROKER_COMMAND(core_->tasks().Get(caller, id));
}
void Engine::ListTasks(const Caller& caller, ListRequest request, Done<ListPage<TaskInfo>> done) {
  BROKER_COMMAND(core_->tasks().List(caller, request));
}
void Engine::CancelTask(const Caller& caller, model::TaskId id, Done<TaskInfo> done) {
  BROKER_COMMAND(core_->CancelTask(caller, id));
}

void Engine::ClaimIdempotency(const Caller& caller, std::string key, Nanos life, Done<IdempotencyClaim> done) {
  BROKER_COMMAND(core_->idempotency().Claim(caller, key, life));
}
void Engine::CompleteIdempotency(const Caller& caller, std::string key, std::string token, std::string result,
                                 Nanos life, Done<void> done) {
  BROKER_COMMAND(core_->idempotency().Complete(caller, key, token, std::move(result), life));
}
void Engine::ReleaseIdempotency(const Caller& caller, std::string key, std::string token, Done<void> done) {
  BROKER_COMMAND(core_->idempotency().Release(caller, key, token));
}
void Engine::ForgetIdempotency(const Caller& caller, std::string key, Done<void> done) {
  BROKER_COMMAND(core_->idempotency().Forget(caller, key));
}
void Engine::GetIdempotency(const Caller& caller, std::string key, Done<IdempotencyClaim> done) {
  BROKER_COMMAND(core_->idempotency().Get(caller, key));
}

std::optional<TopicNow> Engine::LookUpTopic(const Caller& caller, const std::string& name) const {
  core_->AssertStrand();
  const auto found = core_->catalog().FindTopic(caller, name);
  return found.ok() ? std::optional(TopicNow{(*found)->settings, (*found)->created}) : std::nullopt;
}
std::optional<SubscriptionInfo> Engine::LookUpSubscription(const Caller& caller, const std::string& name) const {
  core_->AssertStrand();
  const auto found = core_->catalog().FindSubscription(caller, name);
  return found.ok() ? std::optional((*found)->Info()) : std::nullopt;
}
std::vector<SubscriptionInfo> Engine::LookUpSubscriptions(const Caller& caller, const std::string& topic) const {
  core_->AssertStrand();
  std::vector<SubscriptionInfo> infos;
  const auto found = core_->catalog().FindTopic(caller, topic);
  if (!found.ok()) return infos;
  for (const Subscription* subscription : (*found)->subscriptions) infos.push_back(subscription->Info());
  std::sort(infos.begin(), infos.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return infos;
}

void Engine::ShowClock(Done<ClockInfo> done) {
  BROKER_COMMAND(Result<ClockInfo>(core_->ShowClock()));
}
void Engine::AcceptClock(Done<ClockInfo> done) {
  BROKER_COMMAND(Result<ClockInfo>(core_->AcceptClock()));
}

}  // namespace broker::engine
