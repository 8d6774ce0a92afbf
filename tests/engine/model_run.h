// One seed of the model test: random commands, clock steps, crashes and reopenings on the engine and on the reference
// model side by side. See model_test.cc for how many, and reference_model.h for what is held against what.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/engine/reference_model.h"
#include "tests/support/pending.h"
#include "tests/support/simulation.h"

namespace broker::test {

class ModelRun {
 public:
  // `trace`: prints each command to standard output.
  // `careful`: looks at everything after each command, to find where things part.
  ModelRun(std::uint64_t seed, bool trace, bool careful);

  // Throws a Violation.
  void Run(int commands);
  // What model and engine hold, printed.
  void Dump();

 private:
  // Queues q0 to q5 dead-letter to later ones only, or to the topic t2; only q4 and q5 subscribe to t2. So no policy
  // goes round in a circle.
  static constexpr int kQueues = 6;
  static constexpr int kTopics = 3;
  static constexpr int kSubscriptions = 6;

  struct Waiting {
    engine::WaiterId waiter = 0;
    model::ResourceRef owner;
    std::uint64_t generation = 0;
    std::uint32_t max_messages = 1;
    std::optional<Nanos> visibility_timeout;  // none: the source's own, at the delivery
    Time deadline{};
    std::string consumer;
    std::optional<Result<engine::ReceiveResponse>> answer;
  };

  template <class... Args>
  void Trace(const char* format, const Args&... args);
  template <class T, class Start>
  Result<T> Ask(Start&& start);

  // ---- model_commands.cc
  void RunOne();
  void Receive();
  void Settle();
  void Release();
  void Look();
  void Purge();
  void CancelDelayed();
  void CancelWaiter();
  void StepTime();
  std::vector<ModelReceipt> PickReceipts(std::size_t count, bool certain);

  // ---- model_publish.cc
  void Publish();
  struct Draft {
    engine::PublishRequest request;
    std::vector<ModelEntry> entries;
  };
  std::optional<Draft> DraftPublish(bool plain);
  bool Fits(const Draft& draft);
  void CheckPublished(const Draft& draft, const engine::PublishResponse& response);
  void ApplyPublish(const model::Target& target, ModelEntry message, const engine::PublishEntry& entry);

  // ---- model_tasks.cc
  void Redrive();
  void Move();
  void ReceiveAgain();
  void CheckConsumers(ModelCursor& cursor);
  void NoteConsumer(std::size_t first_receipt, const std::string& consumer);
  void WorkOnce();

  // ---- model_admin.cc
  void Administer();
  void CreateTopic(const std::string& name);
  void CreateQueue(int index);
  void CreateSubscription(const std::string& name);
  void UpdateQueue();
  void UpdateSubscription();
  void DeleteSomething();
  std::optional<model::RedrivePolicy> SomePolicy(int first_queue);
  model::DeliverySettings SomeDelivery(Nanos retention);
  engine::DeliveryPatch SomeDeliveryPatch();
  void Apply(ModelCursor& cursor, const engine::DeliveryPatch& patch);
  std::optional<ModelFilter> SomeFilter(std::uint64_t one_in);
  bool IsTarget(const model::ResourceRef& ref) const;
  void AdoptEarliest(const std::string& name);

  // ---- model_limits.cc
  static engine::EngineOptions SomeOptions(SeededEntropy& chance);
  void ChangeAccess();
  void SetPolicy();
  model::DeadLetterAccess SomeAccess();
  // Reasons that speak against a command; without any it is taken.
  using Refusals = std::set<std::string_view>;
  static void CheckTaken(const std::string& what, const Status& status, const Refusals& against);
  static Refusals AgainstNew(bool is_there, std::string_view exists, std::size_t count, std::uint64_t limit);
  void AddAgainstPolicy(const model::ResourceRef& owner, const std::optional<model::RedrivePolicy>& policy,
                        Refusals& against) const;

  // ---- model_replay.cc
  void Seek();
  void Snapshot();
  void Replay();
  void UpdateTopic();
  void Pause();
  void PauseOrResume(ModelSubscription& subscription);
  ModelCursor* SomePull();
  void CheckSought(ModelCursor& cursor);
  void CheckKept();
  void AdoptDetached();
  void KeepNothing();
  std::function<void()> StartSeek();
  std::function<void()> StartResume();
  ModelTopic* TopicOf(const ModelCursor& cursor);
  Time SomeTime(const ModelTopic& topic);

  // ---- model_run.cc
  void Crash();
  void CrashMidway();
  void Reopened();
  void AfterCommand();
  void AdvanceBy(Nanos by);
  void HandleWaiters();
  void CheckServed();
  std::vector<engine::PeekedMessage> PeekAll(const ModelCursor& cursor);
  void Reconcile(ModelCursor& cursor);
  void ReconcileUnsure();
  std::vector<ModelCursor*> SourcesFirst();
  void CheckCursor(ModelCursor& cursor);
  void CheckEverything();
  void SettleEverything();
  void CheckNothingIsKept();
  ModelCursor* SomeCursor();
  bool HasWaiters(const ModelCursor& cursor) const;

  bool trace_;
  bool careful_;
  SeededEntropy chance_;
  SeededEntropy look_;  // of looks, so that more of them change nothing else
  engine::EngineOptions options_;
  ReferenceModel model_;
  Simulation sim_;
  // Seeds either wait in receives, or let dead-letter targets go: with both, who got what first is not decidable.
  bool with_waiters_;
  std::vector<std::shared_ptr<Waiting>> waiting_;
  std::vector<std::shared_ptr<Waiting>> answered_;  // in the order of their answers
  engine::Caller caller_;
  std::uint64_t life_ = 1;  // of the broker
  struct Attempt {
    Time first{};
    std::vector<ModelGiven> given;
  };
  std::map<std::pair<std::uint64_t, std::string>, Attempt> attempts_;  // by generation and id; of this life
  struct Work {
    bool done = false;
    std::string token;
    std::string result;
    Time expires{};
  };
  std::map<std::string, Work> work_;  // by idempotency key
  std::uint64_t last_body_ = 0;
  std::uint64_t last_dedup_ = 0;
  std::uint64_t last_snapshot_ = 0;
};

}  // namespace broker::test
