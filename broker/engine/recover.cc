// Opening a store: settings, positions and what is in flight come back; the backlog is not read.
#include <fmt/format.h>

#include <utility>

#include "broker/base/log.h"
#include "broker/engine/core.h"
#include "broker/engine/settings_record.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

namespace v0 = storage::v0;
using storage::Family;
using storage::PairKey;
using storage::ReadBigEndian;
using storage::ReadMode;

using engine::FromRecord;

model::DeliverySettings FromRecord(const v0::DeliveryRecord& record) {
  model::DeliverySettings settings;
  settings.visibility_timeout = Nanos(record.visibility_timeout_ns());
  settings.retention = Nanos(record.retention_ns());
  settings.ordered = record.ordered();
  settings.exactly_once = record.exactly_once();
  settings.retain_acknowledged = record.retain_acknowledged();
  if (record.has_redrive()) {
    settings.redrive = model::RedrivePolicy{
        record.redrive().max_attempts(),
        {static_cast<model::ResourceKind>(record.redrive().target_kind()), record.redrive().target_name()}};
  }
  if (record.has_backoff()) settings.backoff = FromRecord(record.backoff());
  settings.paused = record.paused();
  return settings;
}

model::Deduplication FromRecord(const v0::DeduplicationRecord& record) {
  return {record.by_content(),
          record.per_group() ? model::DeduplicationScope::kGroup : model::DeduplicationScope::kLog};
}

Error Orphan(std::string_view what, std::uint64_t id, std::string_view needs) {
  return Error(ErrorCode::kDataLoss, "CATALOG_INCOMPLETE",
               fmt::format("{} {} names {} that is not in the catalog; the data folder is damaged", what, id, needs));
}

// Visits a family as parsed records; the first one that does not hold ends it with its error.
template <class Record, class Visit>
Status ScanRecords(const storage::Kv& kv, Family family, const std::string& from, const std::string& to, Visit visit) {
  Status outcome;
  const Status scanned = kv.Scan(family, from, to, ReadMode::kExact, [&](std::string_view key, std::string_view value) {
    Record record;
    outcome = storage::Open(key, value, record);
    if (outcome.ok()) outcome = visit(key, record);
    return outcome.ok();
  });
  if (!scanned.ok()) return scanned;
  return outcome;
}

template <class Record, class Visit>
Status ScanKind(const storage::Kv& kv, Family family, char kind, Visit visit) {
  return ScanRecords<Record>(kv, family, std::string(1, kind), std::string(1, static_cast<char>(kind + 1)),
                             [&](std::string_view key, const Record& record) { return visit(ReadBigEndian(key, 1), record); });
}

const std::string kFirst;
const std::string kEnd(17, '\xff');

}  // namespace

Status Engine::Core::Recover() {
  BROKER_RETURN_IF_ERROR(LoadEngineState());
  BROKER_RETURN_IF_ERROR(LoadLogs());
  BROKER_RETURN_IF_ERROR(LoadCatalog());
  BROKER_RETURN_IF_ERROR(LoadOutstanding());
  BROKER_RETURN_IF_ERROR(LoadKept());
  BROKER_RETURN_IF_ERROR(LoadTasks());
  Restart();
  return {};
}

Status Engine::Core::LoadEngineState() {
  const auto folder = deps_.kv.Get(Family::kMeta, "folder", ReadMode::kExact);
  if (!folder.ok()) return folder.error();
  v0::FolderRecord folder_record;
  if (folder->has_value()) {
    BROKER_RETURN_IF_ERROR(storage::Open("folder", **folder, folder_record));
  } else {
    folder_record.set_folder_id(deps_.entropy.Next64());
    journal_.Put(Family::kMeta, "folder", folder_record);
  }
  folder_id_ = folder_record.folder_id();
  const auto value = deps_.kv.Get(Family::kMeta, "engine", ReadMode::kExact);
  if (!value.ok()) return value.error();
  v0::EngineRecord record;
  if (value->has_value()) BROKER_RETURN_IF_ERROR(storage::Open("engine", **value, record));
  next_id_ = std::max<std::uint64_t>(1, record.next_id());
  boot_ = record.boot() + 1;
  engine_dirty_ = true;  // the boot number is synced before any lease of this boot leaves
  return {};
}

Status Engine::Core::LoadLogs() {
  BROKER_RETURN_IF_ERROR(ScanKind<v0::LogStateRecord>(
      deps_.kv, Family::kCatalog, 'l', [&](std::uint64_t id, const v0::LogStateRecord& record) -> Status {
        auto log = std::make_unique<MessageLog>(model::LogId(id), ChunkLimits{options_.chunk_sequences, options_.chunk_bytes});
        log->next_sequence = record.next_sequence();
        log->totals = {record.total_messages(), record.total_bytes()};
        for (const v0::ChunkRecord& stored : record.chunks()) {
          Chunk chunk;
          chunk.first = stored.first();
          chunk.last = stored.last();
          chunk.bytes = stored.bytes();
          chunk.opened = FromNanos(stored.opened_ns());
          chunk.base_bytes = stored.base_bytes();
          for (const auto& source : stored.sources()) chunk.sources.insert({source.log(), source.sequence()});
          log->chunks.Restore(std::move(chunk));
        }
        log->marks.SetLastAppend(FromNanos(record.last_append_ns()));
        logs_.emplace(id, std::move(log));
        return {};
      }));
  for (const auto& [id, log] : logs_) {
    // A record newer than the stored state says where the log ends; all such are in the open chunk. The newest record may
    // also be older than the state: what came after it was dropped.
    const auto last = deps_.kv.Last(Family::kLog, PairKey(id, log->FirstStored()), PairKey(id + 1, 0));
    if (!last.ok()) return last.error();
    if (last->has_value() && ReadBigEndian((*last)->first, 8) >= log->next_sequence) {
      v0::LogRecord record;
      BROKER_RETURN_IF_ERROR(storage::Open((*last)->first, (*last)->second, record));
      log->next_sequence = ReadBigEndian((*last)->first, 8) + 1;
      log->totals = {record.total_messages(), record.total_bytes()};
      log->marks.SetLastAppend(FromNanos(record.append_time_ns()));
    }
    log->last_keyed = log->next_sequence - 1;  // for all that is known
    if (Chunk* open = log->chunks.open()) {
      open->bytes = log->totals.bytes - open->base_bytes + (log->next_sequence - open->first) * kRecordOverhead;
    }
  }
  for (const auto& [id, log] : logs_) {
    for (const Chunk& chunk : log->chunks.chunks()) {
      for (const SourceKey& source : chunk.sources) {
        MessageLog* source_log = FindLog(source.first);
        if (source_log == nullptr) return Orphan("a chunk of log", id, fmt::format("log {}", source.first));
        Chunk* named = source_log->chunks.Find(source.second);
        if (named != nullptr && named->first == source.second) {
          ++named->named_by;
        } else {
          ++kept_named_[source];
        }
      }
    }
  }
  return ScanRecords<v0::MarkRecord>(
      deps_.kv, Family::kMarks, kFirst, kEnd, [&](std::string_view key, const v0::MarkRecord& record) -> Status {
        MessageLog* log = FindLog(ReadBigEndian(key, 0));
        if (log == nullptr) return {};
        const Time time{Millis(static_cast<std::int64_t>(ReadBigEndian(key, 8)))};
        log->marks.Restore({time, record.sequence(), FromNanos(record.last_below_ns()),
                            {record.total_messages(), record.total_bytes()}});
        return {};
      });
}

Status Engine::Core::LoadCatalog() {
  std::unordered_map<std::uint64_t, Topic*> topics;
  std::unordered_map<std::uint64_t, Queue*> queues;
  std::unordered_map<std::uint64_t, v0::CursorRecord> positions;
  const auto restore_cursor = [&](std::uint64_t id, const model::DeliverySettings& settings, std::string name_space,
                                  model::ResourceRef owner) -> Result<Cursor*> {
    const auto position = positions.find(id);
    MessageLog* log = position == positions.end() ? nullptr : FindLog(position->second.log());
    if (log == nullptr) return Orphan(owner.ToString() + ", cursor", id, "a position or log");
    auto cursor = std::make_unique<Cursor>(model::CursorId(id), *log, settings);
    cursor->owner = std::move(owner);
    cursor->name_space = std::move(name_space);
    cursor->position = position->second.position();
    cursor->below = {position->second.total_messages(), position->second.total_bytes()};
    cursor->floor = position->second.floor();
    cursor->epoch = position->second.epoch();
    cursor->last_used = cursor->last_used_stored = FromNanos(position->second.last_used_ns());
    log->cursors.push_back(cursor.get());
    return cursors_.emplace(id, std::move(cursor)).first->second.get();
  };
  BROKER_RETURN_IF_ERROR(ScanKind<v0::CursorRecord>(deps_.kv, Family::kCatalog, 'c',
                                                    [&](std::uint64_t id, const v0::CursorRecord& record) -> Status {
                                                      positions[id] = record;
                                                      return {};
                                                    }));
  BROKER_RETURN_IF_ERROR(ScanKind<v0::TopicRecord>(
      deps_.kv, Family::kCatalog, 't', [&](std::uint64_t id, const v0::TopicRecord& record) -> Status {
        MessageLog* log = FindLog(id);
        if (log == nullptr) return Orphan("topic", id, "a log");
        if (record.deleted()) {
          log->deleted = true;
          return {};
        }
        auto topic = std::make_unique<Topic>();
        topic->name_space = record.name_space();
        topic->name = record.name();
        topic->created = FromNanos(record.created_ns());
        topic->settings.deduplication = FromRecord(record.deduplication());
        topic->settings.notes = FromRecord(record.notes());
        topic->settings.retention = log->retention = Nanos(record.retention_ns());
        topic->log = log;
        topics[id] = &topics_.Add(std::move(topic));
        return {};
      }));
  BROKER_RETURN_IF_ERROR(ScanKind<v0::QueueRecord>(
      deps_.kv, Family::kCatalog, 'q', [&](std::uint64_t id, const v0::QueueRecord& record) -> Status {
        auto queue = std::make_unique<Queue>();
        queue->name_space = record.name_space();
        queue->name = record.name();
        queue->created = FromNanos(record.created_ns());
        queue->settings.delivery = FromRecord(record.delivery());
        queue->settings.delay = Nanos(record.delay_ns());
        queue->settings.deduplication = FromRecord(record.deduplication());
        queue->settings.message_ttl = Nanos(record.message_ttl_ns());
        queue->settings.bounds = FromRecord(record.bounds());
        queue->settings.dead_letter_access = FromRecord(record.dead_letter_access());
        queue->settings.notes = FromRecord(record.notes());
        auto cursor = restore_cursor(record.cursor(), queue->settings.delivery, queue->name_space,
                                     {model::ResourceKind::kQueue, queue->name});
        if (!cursor.ok()) return cursor.error();
        queue->cursor = *cursor;
        queue->log = queue->cursor->log;
        queue->log->ordered = queue->settings.delivery.ordered;
        queue->log->delay = queue->settings.delay;
        queue->log->message_ttl = queue->settings.message_ttl;
        queues[id] = &queues_.Add(std::move(queue));
        return {};
      }));
  BROKER_RETURN_IF_ERROR(ScanKind<v0::SubscriptionRecord>(
      deps_.kv, Family::kCatalog, 's', [&](std::uint64_t id, const v0::SubscriptionRecord& record) -> Status {
        auto subscription = std::make_unique<Subscription>();
        subscription->id = id;
        subscription->name_space = record.name_space();
        subscription->name = record.name();
        subscription->created = FromNanos(record.created_ns());
        subscription->settings.delivery_format = record.delivery_format();
        if (!record.filter().empty()) {
          auto filter = model::Filter::Parse(record.filter());
          if (!filter.ok()) return Orphan("subscription", id, "a filter");
          subscription->settings.filter = *std::move(filter);
        }
        subscription->settings.delivery = FromRecord(record.delivery());
        subscription->settings.notes = FromRecord(record.notes());
        if (record.expire_unused_ns() != 0) subscription->settings.expire_unused = Nanos(record.expire_unused_ns());
        subscription->settings.paused = record.paused();
        if (record.topic_log() != 0) {
          if (topics.count(record.topic_log()) == 0) return Orphan("subscription", id, "a topic");
          subscription->topic = topics[record.topic_log()];
          subscription->settings.topic = subscription->topic->name;
        }
        if (record.queue_log() != 0) {
          if (queues.count(record.queue_log()) == 0) return Orphan("subscription", id, "a queue");
          subscription->queue = queues[record.queue_log()];
          subscription->settings.queue = subscription->queue->name;
          if (record.cursor() != 0) {
            auto backlog = restore_cursor(record.cursor(), {.retention = subscription->queue->settings.delivery.retention},
                                          subscription->name_space,
                                          {model::ResourceKind::kSubscription, subscription->name});
            if (!backlog.ok()) return backlog.error();
            (*backlog)->use = CursorUse::kCatchUp;
            subscription->backlog = *backlog;
          }
        } else {
          auto cursor = restore_cursor(id, subscription->settings.delivery, subscription->name_space,
                                       {model::ResourceKind::kSubscription, subscription->name});
          if (!cursor.ok()) return cursor.error();
          subscription->cursor = *cursor;
          if (subscription->settings.filter) SetFilter(**cursor, *subscription->settings.filter);
        }
        Subscription& added = subscriptions_.Add(std::move(subscription));
        if (added.topic != nullptr) added.topic->subscriptions.push_back(&added);
        return {};
      }));
  BROKER_RETURN_IF_ERROR(ScanKind<v0::SnapshotRecord>(
      deps_.kv, Family::kCatalog, 'n', [&](std::uint64_t id, const v0::SnapshotRecord& record) -> Status {
        auto snapshot = std::make_unique<Snapshot>();
        snapshot->name_space = record.name_space();
        snapshot->name = record.name();
        snapshot->subscription = record.subscription();
        snapshot->created = FromNanos(record.created_ns());
        snapshot->expires = FromNanos(record.expires_ns());
        snapshot->labels = FromRecord(record.labels());
        if (const auto topic = topics.find(record.topic_log()); topic != topics.end()) snapshot->topic = topic->second;
        auto cursor = restore_cursor(id, {}, snapshot->name_space, {model::ResourceKind::kSubscription, snapshot->name});
        if (!cursor.ok()) return cursor.error();
        snapshot->cursor = *cursor;
        snapshot->cursor->use = CursorUse::kFrozen;
        snapshots_.Add(std::move(snapshot));
        return {};
      }));
  return ScanKind<v0::TaskRecord>(
      deps_.kv, Family::kTasks, 't', [&](std::uint64_t, const v0::TaskRecord& record) -> Status {
        if (record.kind() != kReplayTask || static_cast<TaskState>(record.state()) != TaskState::kRunning) return {};
        auto cursor = restore_cursor(record.source_cursor(), {}, record.name_space(),
                                     {model::ResourceKind::kTopic, record.source_name()});
        if (!cursor.ok()) return cursor.error();
        (*cursor)->use = CursorUse::kReplay;
        (*cursor)->settings.retention = (*cursor)->log->retention;
        return {};
      });
}

Status Engine::Core::LoadOutstanding() {
  return ScanRecords<v0::PageRecord>(
      deps_.kv, Family::kOutstanding, kFirst, kEnd, [&](std::string_view key, const v0::PageRecord& record) -> Status {
        Cursor* cursor = FindCursor(ReadBigEndian(key, 0));
        if (cursor == nullptr) return Orphan("a page of cursor", ReadBigEndian(key, 0), "a cursor");
        const std::uint64_t page = ReadBigEndian(key, 8);
        int next = 0;
        for (std::uint64_t bit = 0; bit < 64; ++bit) {
          if ((record.mask() >> bit & 1) == 0) continue;
          if (next == record.entries_size()) return Orphan("a page of cursor", cursor->id.value(), "an entry");
          const v0::EntryRecord& stored = record.entries(next++);
          Entry entry;
          entry.leased = stored.state() == v0::EntryRecord::LEASED;
          entry.due = FromNanos(stored.due_ns());
          entry.attempts = stored.attempts();
          entry.held = stored.held();
          entry.nonce = {stored.nonce_boot(), stored.nonce_counter()};
          entry.key_hash = stored.key_hash();
          entry.first_attempt = FromNanos(stored.first_attempt_ns());
          entry.lease_start = FromNanos(stored.lease_start_ns());
          entry.size_bytes = stored.size_bytes();
          entry.append_time = FromNanos(stored.append_time_ns());
          entry.expires = FromNanos(stored.expires_ns());
          if (!stored.reason().empty()) entry.reason = std::make_shared<const std::string>(stored.reason());
          PutOutstanding(*cursor, page * 64 + bit, std::move(entry));
        }
        cursor->outstanding.SetStored(page, true);
        return {};
      });
}

Status Engine::Core::LoadKept() {
  BROKER_RETURN_IF_ERROR(ScanKind<v0::DelayedRecord>(
      deps_.kv, Family::kCatalog, 'd', [&](std::uint64_t id, const v0::DelayedRecord& record) -> Status {
        MessageLog* log = FindLog(id);
        if (log == nullptr) return Orphan("delayed messages of log", id, "a log");
        log->delayed = {record.messages(), record.bytes()};
        for (const auto& at : record.chunks()) {
          Chunk* chunk = log->chunks.Find(at.first());
          if (chunk != nullptr && chunk->first == at.first()) {
            chunk->scheduled = at.messages();
          } else {
            log->kept_scheduled.insert(at.first());
          }
        }
        if (record.messages() == 0) return {};
        return ScanRecords<v0::ScheduleRecord>(
            deps_.kv, Family::kSchedule, PairKey(id, 0), PairKey(id + 1, 0),
            [&](std::string_view key, const v0::ScheduleRecord&) -> Status {
              if (!log->first_due_ms) log->first_due_ms = static_cast<std::int64_t>(ReadBigEndian(key, 8));
              return {};
            });
      }));
  return ScanRecords<v0::LogRecord>(
      deps_.kv, Family::kKept, kFirst, kEnd, [&](std::string_view key, const v0::LogRecord&) -> Status {
        const std::uint64_t id = ReadBigEndian(key, 0);
        const std::uint64_t sequence = ReadBigEndian(key, 8);
        MessageLog* log = FindLog(id);
        if (log == nullptr) return Orphan("a kept record of log", id, "a log");
        std::uint32_t needs = log->kept_scheduled.count(sequence) > 0 ? 1u : 0u;
        for (const Cursor* cursor : log->cursors) needs += cursor->outstanding.Find(sequence) != nullptr ? 1u : 0u;
        log->kept[sequence] = needs;
        if (needs == 0 && kept_named_.count({id, sequence}) == 0) DropKept(*log, sequence);
        return {};
      });
}

Status Engine::Core::LoadTasks() {
  return ScanKind<v0::TaskRecord>(deps_.kv, Family::kTasks, 't', [&](std::uint64_t id, const v0::TaskRecord& record) -> Status {
    Task task;
    task.info.id = model::TaskId(id);
    task.info.kind = record.kind();
    task.info.source = {task.info.kind == kReplayTask ? model::ResourceKind::kTopic : model::ResourceKind::kQueue,
                        record.source_name()};
    task.delivery_format = record.delivery_format();
    task.destination_log = record.destination_log();
    task.end_messages = record.end_messages();
    task.info.state = static_cast<TaskState>(record.state());
    task.info.reason = record.reason();
    task.info.moved = record.moved();
    task.info.left = record.left();
    task.info.notes.assign(record.notes().begin(), record.notes().end());
    task.info.started = FromNanos(record.started_ns());
    if (record.finished_ns() != 0) task.info.finished = FromNanos(record.finished_ns());
    task.name_space = record.name_space();
    task.source_cursor = record.source_cursor();
    task.next = record.next_sequence();
    task.end = record.end_sequence();
    if (!record.destination_name().empty()) {
      task.info.destination = {static_cast<model::ResourceKind>(record.destination_kind()), record.destination_name()};
    }
    if (!record.filter().empty()) {
      auto filter = model::Filter::Parse(record.filter());
      if (!filter.ok()) return filter.error();
      task.info.filter = record.filter();
      task.filter = *std::move(filter);
    }
    if (record.rate() != 0) task.info.rate = record.rate();
    task.info.dry_run = record.dry_run();
    task.info.total = record.total();
    tasks_.emplace(id, std::move(task));
    WakeTask(id);
    return {};
  });
}

// What was under way goes on: every timer is set, and everything is looked at once.
void Engine::Core::Restart() {
  for (const auto& [id, cursor] : cursors_) {
    cursor->outstanding.TakeDirtyPages();  // as they are stored
    MoveDue(*cursor);
    SweepSpent(*cursor);
    MarkDirty(*cursor);
  }
  for (const auto& [id, log] : logs_) {
    timers_.Set({TimerKind::kRetention, id}, now_);
    if (log->first_due_ms) timers_.Set({TimerKind::kDelay, id}, Time(Millis(*log->first_due_ms)));
    if (const Chunk* open = log->chunks.open()) timers_.Set({TimerKind::kChunk, id}, open->opened + options_.chunk_age);
    reclaim_.insert(id);
  }
  subscriptions_.ForEach([this](Subscription& subscription) {
    if (subscription.cursor != nullptr) RestoreExpireUnused(subscription);
    if (subscription.backlog != nullptr && !subscription.settings.paused) Resume(subscription);
  });
  snapshots_.ForEach([this](const Snapshot& snapshot) { SetSnapshotTimer(snapshot); });
  timers_.Set({TimerKind::kDedup, 0}, now_);
  timers_.Set({TimerKind::kIdempotency, 0}, now_);
  if (clock_.held_back() > Nanos{0}) {
    broker::Log(LogLevel::kWarning, "clock_far_ahead",
                {{"held_back_s", clock_.held_back() / std::chrono::seconds(1)},
                 {"hint", "retention and deduplication wait until the clock is accepted"}});
  }
}

}  // namespace broker::engine
