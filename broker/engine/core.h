// The engine's inside: state in memory, and the operations on it, each group of them in a file of its own. See engine.h
// for the contract, and README.md in this folder for a map.
//
//   core.cc           driving, timers, groups            publish.cc        append, fan-out, deduplication
//   topics.cc         topics                             delays.cc         delayed messages
//   queues.cc         queues                             full_queues.cc    what goes to make room
//   subscriptions.cc  subscriptions                      lifetimes.cc      time to live
//   cursors.cc        what changes a cursor              deliver.cc        receive: choosing and leasing
//   recover*.cc       opening a store                    sharing.cc        fairness between groups
//   peek.cc           looking without touching           reads.cc          cold records, off the strand
//   stats.cc          counts                             scan.cc           filtered cursors, ahead of receivers
//   tasks.cc          durable tasks                      settle.cc         ack, nack, extend, release
//   move.cc           moving, redriving                  dead_letters.cc   ends of attempts, dead-lettering
//   replay.cc         what was kept, once more           retention.cc      floors, purge
//   feeding.cc        from a topic into a queue          reclaim.cc        dropping chunks
//   catch_up.cc       queue subscriptions that paused    seek.cc           seeks, finding a time in a log
//   unused.cc         subscriptions that nobody uses     snapshots.cc      frozen cursors
//
// What hangs on little is a part of its own, with its contract in its header, and knows nothing of this: the catalog, the
// logs and their schedule, the journal and what is written into it, bounds, tasks, idempotency and all others below. All
// of it is confined to the engine's strand.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "broker/engine/bounds.h"
#include "broker/engine/catalog.h"
#include "broker/engine/dead_letter_homes.h"
#include "broker/engine/deduplicator.h"
#include "broker/engine/engine.h"
#include "broker/engine/engine_clock.h"
#include "broker/engine/filters.h"
#include "broker/engine/idempotency.h"
#include "broker/engine/journal.h"
#include "broker/engine/logs.h"
#include "broker/engine/place.h"
#include "broker/engine/plan.h"
#include "broker/engine/receipt.h"
#include "broker/engine/receive_attempts.h"
#include "broker/engine/record_reader.h"
#include "broker/engine/scan_queue.h"
#include "broker/engine/schedule.h"
#include "broker/engine/storage_room.h"
#include "broker/engine/tail_cache.h"
#include "broker/engine/task_table.h"
#include "broker/engine/timers.h"
#include "broker/engine/waiter.h"
#include "broker/engine/windows.h"

namespace broker::engine {

class Engine::Core {
 public:
  Core(EngineDeps deps, EngineOptions options, Time persisted_time, Nanos held_back);
  ~Core();
  Status Recover();

  // ---- core.cc
  // Every command begins with this: reads the clock once, and does first what came due before it.
  Time Begin();
  std::optional<MonotonicTime> NextDeadline() const;
  std::optional<PendingGroup> TakeGroup();
  bool HasWork() const;
  void Committed(PendingGroup group);
  void SetStorageFull(std::optional<std::string> why) { room_.SetFull(std::move(why)); }
  void AssertStrand();
  template <class T>
  void Answer(Done<T> done, Result<T> result) {
    journal_.Answer(std::move(done), std::move(result));
  }
  ClockInfo ShowClock();
  ClockInfo AcceptClock();

  const Catalog& catalog() const { return catalog_; }
  const TaskTable& tasks() const { return tasks_; }
  Idempotency& idempotency() { return idempotency_; }

  // ---- topics.cc, queues.cc, subscriptions.cc
  Result<TopicInfo> CreateTopic(const Caller&, std::string name, model::TopicSettings);
  Result<TopicInfo> UpdateTopic(const Caller&, const std::string& name, const TopicPatch&);
  Status DeleteTopic(const Caller&, const std::string& name, bool force);
  Result<QueueInfo> CreateQueue(const Caller&, std::string name, model::QueueSettings);
  Result<QueueInfo> UpdateQueue(const Caller&, const std::string& name, const QueuePatch&);
  void DescribeQueue(const Caller&, const std::string& name, Done<QueueDescription>);
  Status DeleteQueue(const Caller&, const std::string& name, bool force);
  Result<SubscriptionInfo> CreateSubscription(const Caller&, std::string name, model::SubscriptionSettings, StartAt);
  Result<SubscriptionInfo> UpdateSubscription(const Caller&, const std::string& name, const SubscriptionPatch&);
  void DescribeSubscription(const Caller&, const std::string& name, Done<SubscriptionDescription>);
  Status DeleteSubscription(const Caller&, const std::string& name);

  // ---- publish.cc
  Result<PublishResponse> Publish(const Caller&, PublishRequest);

  // ---- deliver.cc
  WaiterId Receive(const Caller&, const ReceiveRequest&, Done<ReceiveResponse>);
  WaiterId Watch(const Caller&, const model::Target& source, Done<void>);
  void CancelReceive(WaiterId);

  // ---- settle.cc
  Result<SettleResponse> Ack(const Caller&, const model::Target&, const std::vector<std::string>& receipts);
  Result<SettleResponse> Nack(const Caller&, const model::Target&, const std::vector<NackEntry>& entries);
  Result<SettleResponse> Extend(const Caller&, const model::Target&, const std::vector<ExtendEntry>& entries);
  Status Release(const Caller&, const model::Target&, const std::vector<std::string>& receipts, bool counted);

  // ---- seek.cc, snapshots.cc, replay.cc
  void Seek(const Caller&, const std::string& name, const SeekTo&, Done<SubscriptionDescription>);
  Result<SnapshotInfo> CreateSnapshot(const Caller&, std::string name, const std::string& subscription,
                                      std::optional<Nanos> life, std::map<std::string, std::string> labels);
  Result<SnapshotInfo> UpdateSnapshot(const Caller&, const std::string& name, const SnapshotPatch&);
  Status DeleteSnapshot(const Caller&, const std::string& name);
  void Replay(const Caller&, const ReplayRequest&, Done<TaskInfo>);

  // ---- retention.cc, delays.cc, peek.cc
  Result<std::uint64_t> Purge(const Caller&, const model::Target&);
  Status CancelDelayed(const Caller&, const model::Target&, model::MessageId);
  void Peek(const Caller&, const PeekRequest&, Done<ListPage<PeekedMessage>>);
  Result<std::vector<ConsumerInfo>> ListConsumers(const Caller&, const model::Target&);

  // ---- tasks.cc, move.cc
  Result<TaskInfo> Move(const Caller&, const MoveRequest&);
  Result<TaskInfo> CancelTask(const Caller&, model::TaskId);

 private:
  // How the end of an attempt counts; see EndAttempt.
  enum class Attempt { kCounted, kUndone, kLast };

  // ---- core.cc
  void RunDue();
  void OnTimer(Timers::Key key);
  void FlushDirty();
  void SweepIdempotency();
  std::uint64_t NextId() { engine_dirty_ = true; return next_id_++; }
  Cursor* FindCursor(std::uint64_t id) const;
  // Runs `job` where reads may block, then `then` with its result on the strand, unless the engine is gone by then.
  template <class T>
  void Offload(std::function<T()> job, std::function<void(T)> then) {
    std::weak_ptr<Core*> alive = alive_;
    deps_.reads.Post([job = std::move(job), then = std::move(then), alive, &strand = deps_.strand] {
      auto result = std::make_shared<T>(job());
      strand.Post([result, then, alive] {
        const auto core = alive.lock();
        if (core == nullptr) return;
        (*core)->Begin();
        then(std::move(*result));
      });
    });
  }

  // ---- scan.cc
  void SetFilter(Cursor& cursor, model::Filter filter);
  void FollowPosition(Cursor& cursor, std::uint64_t before);
  // Moves the position past what is known not to pass.
  void LetGo(Cursor& cursor);
  void LetGoIfFar(Cursor& cursor);
  // The first unread record does not pass.
  void SkipUnmatched(Cursor& cursor, const StoredRecord& record);
  void ScanAppended(MessageLog& log, const StoredRecord& record);
  void RunScans();
  void ScanFresh(Cursor& cursor, std::size_t& records, std::uint64_t& bytes);
  void StartScan(Cursor& cursor);

  // ---- topics.cc, subscriptions.cc, cursors.cc
  void ApplyDelivery(Cursor& cursor, const model::DeliverySettings& settings);
  Cursor& AddCursor(MessageLog& log, const model::DeliverySettings& settings, const std::string& name_space,
                    model::ResourceRef owner);
  void RemoveCursor(Cursor& cursor, const Error& why);
  Result<Place> Earliest(const Topic& topic) const;  // Errors: the store's; kDataLoss when its record is damaged
  void RemoveSubscription(Subscription& subscription);
  void RemoveLog(MessageLog& log);

  // ---- publish.cc
  RecordPtr Append(MessageLog& log, StoredRecord record);
  // `came_by`: the copy goes on saying by which subscription its message once came, and in which format.
  // Without `expires` it has the log's time to live.
  RecordPtr AppendMessage(MessageLog& log, model::MessagePtr message, std::optional<Time> due,
                          std::shared_ptr<const Alias> came_by = nullptr, Time expires = {});
  void AppendAlias(MessageLog& log, Alias alias, const StoredRecord& source, std::optional<Time> due);
  // Gives a topic's message to the queues subscribed to it whose filters it passes. What is published heeds their bounds;
  // dead letters and what came due go beyond a refusing one.
  enum class Copies { kPublished, kCameDue, kDeadLetters };
  void FanOut(const Topic& topic, model::MessageId target, const StoredRecord& source, Copies copies);
  // One alias of a topic's message, in a queue, whatever its bounds.
  void GiveTo(Queue& queue, Alias alias, const StoredRecord& source);
  // `admitted`: with its batch, all of which is taken. Takes out of `unreached` those subscriptions whose filters the
  // message passes. `known`: what is stored under its hash; it is noted there, too.
  Result<Published> PublishOne(const Caller&, Publishable target, const std::string& hash, Deduplicator::Known& known,
                               PublishEntry&&, bool admitted, std::vector<const Subscription*>& unreached);
  // Whether all that are not known yet are taken, judged as a whole. Errors: kLimitExceeded.
  Status AdmitAll(Publishable, const std::vector<PublishEntry>&, const std::vector<std::string>& hashes, Deduplicator::Known);

  // ---- full_queues.cc
  // The oldest that are not leased go until the queue is within its bounds; what has to be read first goes later.
  void DropOldest(Queue& queue, const std::map<std::uint64_t, RecordPtr>& read = {});
  void DropWaiting(Cursor& cursor, std::uint64_t sequence);
  void DropUnread(Cursor& cursor, const StoredRecord& record);
  void ReadToDrop(Queue& queue);
  // The copy that a full queue refuses, with the reason. False: it has nowhere to go.
  bool DeadLetterCopy(const Subscription& subscription, model::MessageId target, const StoredRecord& source);

  // ---- lifetimes.cc
  bool IsExpired(Time expires) const { return expires != Time{} && expires <= clock_.expiry_now(); }
  // Takes out what has passed its time, durably: an ack of it may have been answered.
  void Expire(Cursor& cursor, std::uint64_t sequence);
  // Backoffs that have ended; what expired meanwhile is gone.
  void MoveDue(Cursor& cursor);
  // Of these, whether any had passed its time to live: that is gone now.
  bool DropExpired(Cursor& cursor, const std::vector<std::uint64_t>& sequences);
  // Outstanding messages that may be handed out, at most `limit`; what expired is gone.
  std::vector<std::uint64_t> ReadyNow(Cursor& cursor, std::size_t limit);

  // ---- delays.cc
  void RunDelay(MessageLog& log);
  void ComeDue(MessageLog& log, const ScheduleKey& key, const ScheduleEntry& stored);
  bool ReadDue(MessageLog& log, const std::map<ScheduleKey, ScheduleEntry>& scheduled);

  // ---- deliver.cc
  void Wake(Cursor& cursor) {
    if (!cursor.waiters.empty() || cursor.feeds()) serve_.insert(cursor.id.value());
  }
  void Serve(Cursor& cursor);
  Plan MakePlan(Cursor& cursor, const ReceiveRequest& request);
  // Adds what is outstanding and ready, up to `max_bytes`.
  void PlanOutstanding(Cursor& cursor, Plan& plan, const std::vector<std::uint64_t>& sequences,
                       std::uint64_t max_bytes);
  void PlanFresh(Cursor& cursor, Plan& plan, std::size_t limit, std::uint64_t max_bytes);
  void Deliver(Cursor& cursor, const Waiter& waiter, const Plan& plan);
  Delivery Lease(Cursor& cursor, const RecordPtr& record, Entry entry, Nanos timeout, std::uint16_t consumer);
  void EndWaiter(Cursor& cursor, WaiterId id, Result<ReceiveResponse> result);
  void AnswerExpiredWaiters(Cursor& cursor);
  // Moves the position past `record`, which becomes an outstanding entry unless it is held.
  void StepOver(Cursor& cursor, const StoredRecord& record, bool outstanding);
  void MovePast(Cursor& cursor, const StoredRecord& record);

  // ---- reads.cc
  void StartRead(Cursor& cursor, std::vector<std::uint64_t> points, std::uint64_t run_from, std::size_t run_records);
  void OnRead(Cursor& cursor, const ReadRequest& request, ReadOutcome outcome);

  // ---- cursor state, settle.cc
  void MarkDirty(Cursor& cursor);
  void PutOutstanding(Cursor& cursor, std::uint64_t sequence, Entry entry);
  Entry RemoveOutstanding(Cursor& cursor, std::uint64_t sequence);
  void SetPosition(Cursor& cursor, std::uint64_t position, const Totals& below);
  void UpdateCursorTimer(Cursor& cursor);
  // The entry that the receipt may still act on; null when it is stale (then `refusal` says what to answer).
  const Entry* EntryFor(Cursor& cursor, const Receipt& receipt, Status& refusal);
  // Ends the lease unless an earlier one of its key did so already.
  void EndIfLeased(Cursor& cursor, std::uint64_t sequence, std::optional<Nanos> backoff, Attempt attempt = Attempt::kCounted);
  // After a power cut a position may have gone back behind what was handed out: moves it past `sequence`.
  void AdvancePast(Cursor& cursor, std::uint64_t sequence);

  // ---- dead_letters.cc
  void EndLeases(Cursor& cursor);
  // The leased entry waits again, or is dead-lettered if this was its last attempt: its policy's or, kLast, whatever the
  // policy counts. In an ordered set the later ones of its key come back with it. kUndone: as if it had never been
  // delivered. Without `backoff` the cursor's own. What has expired meanwhile goes, whichever attempt it was.
  void EndAttempt(Cursor& cursor, std::uint64_t sequence, std::shared_ptr<const std::string> reason,
                  std::optional<Nanos> backoff, Attempt attempt = Attempt::kCounted);
  void SweepSpent(Cursor& cursor);
  void DeadLetter(Cursor& cursor, std::uint64_t sequence);
  void DeadLetterAll(Cursor& cursor, const std::vector<std::uint64_t>& sequences);
  void ReadAndDeadLetter(Cursor& cursor, std::uint64_t sequence);
  void MoveToDeadLetter(Cursor& cursor, std::uint64_t sequence, const StoredRecord& record);
  void AppendDeadLetter(const DeadLetterHome& home, model::MessagePtr letter, std::shared_ptr<const Alias> came_by);
  void ReadDying();
  void OnReadDying(std::uint64_t cursor, const ReadRequest& request, const ReadOutcome& outcome);
  void KeepInstead(Cursor& cursor, std::uint64_t sequence, const std::string& problem);

  // ---- retention.cc
  void RunRetention(MessageLog& log);
  void ApplyTopicRetention(MessageLog& log, Nanos retention);
  void ApplyFloor(Cursor& cursor, const TimeMark& floor);

  // ---- seek.cc
  // Calls `then` with the first place at or after `time`, at once if memory knows it. Errors: the store's.
  void FindTime(const MessageLog& log, Time time, std::function<void(const Result<Place>&)> then);
  void SeekToTime(const Caller&, std::uint64_t cursor, Time time, Done<SubscriptionDescription>);
  void SeekToSnapshot(Cursor& cursor, const Snapshot& snapshot);
  // Moves the cursor, with these outstanding, and ends all leases. What is held for it alone from there on stays.
  void Reset(Cursor& cursor, std::uint64_t position, const Totals& below, std::map<std::uint64_t, Entry> outstanding);

  // ---- snapshots.cc
  void RunSnapshotExpiry(Cursor& frozen);
  void RemoveSnapshot(Snapshot& snapshot);
  void SetSnapshotTimer(const Snapshot& snapshot);

  // ---- feeding.cc, catch_up.cc
  // Hands on what lies from a feeding cursor's position up to `end`, at most `limit` records, and moves the position.
  // False: it stopped for records that are now being read; Wake follows.
  bool Feed(Cursor& cursor, std::uint64_t end, std::size_t limit, bool with_message,
            const std::function<void(const StoredRecord&, model::MessageId target)>& give);
  void ServeFeeding(Cursor& cursor);
  void Pause(Subscription& subscription);
  void Resume(Subscription& subscription);
  void CatchUp(Subscription& subscription);
  void EndCatchUp(Subscription& subscription);
  // What waits for a queue waits no longer than it would in the queue.
  void FollowRetention(const Queue& queue);

  // ---- replay.cc
  void StartReplay(const Caller&, const ReplayRequest&, model::LogId id, const Place& from, const Place& to,
                   Done<TaskInfo>);
  Step StepReplay(Task& task, std::size_t most);

  // ---- unused.cc
  void NoteUse(Cursor& cursor);
  void RunUnused(Cursor& cursor);
  void SetExpireUnused(Subscription& subscription);
  void RestoreExpireUnused(const Subscription& subscription);

  // ---- reclaim.cc
  void CheckReclaim(MessageLog& log);
  void StartMove(MessageLog& log, Chunk& chunk);
  // `all_stored`: when the read began; what was not yet stored is looked for again.
  void FinishMove(MessageLog& log, std::uint64_t first, const ReadOutcome& survivors,
                  const std::set<std::uint64_t>& scheduled, bool all_stored);
  void RunChunkAge(MessageLog& log);

  // ---- stats.cc
  void WithStats(Cursor& cursor, std::function<void(Stats)> then);

  // ---- tasks.cc
  void OnTaskTimer(Task& task);
  void RunTask(Task& task);
  Step StepTask(Task& task, std::size_t most);
  void FinishTask(Task& task, TaskState state, std::string reason);
  // Reads records off the strand into `task.loaded`, and goes on with the task.
  void ReadForTask(Task& task, ReadRequest request);

  // ---- move.cc
  Step StepMove(Task& task, std::size_t most);
  bool MoveMessage(Task& task, const Cursor& from, const StoredRecord& record);
  bool MoveBack(Task& task, const StoredRecord& record);
  void MoveTo(Publishable to, const Cursor& from, const StoredRecord& record);

  // ---- sharing.cc
  // Whether more than one group is there or close ahead, so that they have to be shared between.
  bool Shares(Cursor& cursor);
  void ReadAhead(Cursor& cursor, std::uint64_t from);
  // Moves the position until so many wait that were never tried. Answers where it stopped for a record that is not loaded;
  // a plan is unfinished when it looked far enough for one turn.
  std::optional<std::uint64_t> StepAhead(Cursor& cursor, Plan& plan, std::size_t untried);
  void PlanShared(Cursor& cursor, Plan& plan, std::size_t limit, std::uint64_t max_bytes, bool several);

  // ---- recover.cc, recover_catalog.cc
  Status LoadEngineState();
  Status LoadCatalog();
  Status LoadLogs();
  Status LoadOutstanding();
  Status LoadKept();
  Status LoadTasks();
  void Restart();

  EngineDeps deps_;
  EngineOptions options_;
  EngineClock clock_;
  Time now_{};
  Timers timers_;
  Journal journal_;
  Logs logs_;
  Schedule schedule_;
  TailCache tail_cache_;
  Windows windows_;
  Deduplicator deduplicator_;
  ReceiveAttempts attempts_;
  LastInput input_;
  std::shared_ptr<Core*> alive_;  // held weakly by reads under way, which may finish after the engine
  std::optional<std::thread::id> strand_thread_;

  std::unordered_map<std::uint64_t, std::unique_ptr<Cursor>> cursors_;
  Catalog catalog_;
  StorageRoom room_;
  TaskTable tasks_;
  Idempotency idempotency_;
  DeadLetterHomes homes_{catalog_, room_};
  Bounds bounds_{homes_};
  std::unordered_map<WaiterId, Waiter> waiters_;

  std::uint64_t folder_id_ = 0;
  std::uint64_t boot_ = 0;
  std::uint64_t nonce_counter_ = 0;
  std::uint64_t next_id_ = 1;
  WaiterId last_waiter_ = 0;
  bool running_due_ = false;
  bool engine_dirty_ = false;
  std::size_t came_due_ = 0;  // delayed messages, in the group being built

  std::set<std::uint64_t> serve_;     // cursors whose waiters may get something
  std::set<std::uint64_t> dirty_cursors_;
  ScanQueue scans_;
  std::map<std::uint64_t, std::vector<std::uint64_t>> dying_;  // cursor -> entries whose bodies are to be read
};

}  // namespace broker::engine
