// Opening a store: settings, positions and what is in flight come back; the backlog is not read.
#include <fmt/format.h>

#include <utility>

#include "broker/base/log.h"
#include "broker/engine/core.h"
#include "broker/engine/scan_records.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

namespace v0 = storage::v0;
using storage::Family;
using storage::PairKey;
using storage::ReadBigEndian;
using storage::ReadMode;

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
        MessageLog& log = logs_.Restore(model::LogId(id));
        log.next_sequence = record.next_sequence();
        log.totals = {record.total_messages(), record.total_bytes()};
        for (const v0::ChunkRecord& stored : record.chunks()) {
          Chunk chunk;
          chunk.first = stored.first();
          chunk.last = stored.last();
          chunk.bytes = stored.bytes();
          chunk.opened = FromNanos(stored.opened_ns());
          chunk.base_bytes = stored.base_bytes();
          for (const auto& source : stored.sources()) chunk.sources.insert({source.log(), source.sequence()});
          log.chunks.Restore(std::move(chunk));
        }
        log.marks.SetLastAppend(FromNanos(record.last_append_ns()));
        return {};
      }));
  for (const auto& [id, log] : logs_.all()) {
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
  for (const auto& [id, log] : logs_.all()) {
    for (const Chunk& chunk : log->chunks.chunks()) {
      for (const SourceKey& source : chunk.sources) {
        MessageLog* source_log = logs_.Find(source.first);
        if (source_log == nullptr) return Orphan("a chunk of log", id, fmt::format("log {}", source.first));
        Chunk* named = source_log->chunks.Find(source.second);
        if (named != nullptr && named->first == source.second) {
          ++named->named_by;
        } else {
          logs_.NameKept(source);
        }
      }
    }
  }
  return ScanRecords<v0::MarkRecord>(
      deps_.kv, Family::kMarks, kFirst, kEnd, [&](std::string_view key, const v0::MarkRecord& record) -> Status {
        MessageLog* log = logs_.Find(ReadBigEndian(key, 0));
        if (log == nullptr) return {};
        const Time time{Millis(static_cast<std::int64_t>(ReadBigEndian(key, 8)))};
        log->marks.Restore({time, record.sequence(), FromNanos(record.last_below_ns()),
                            {record.total_messages(), record.total_bytes()}});
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
        MessageLog* log = logs_.Find(id);
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
        return deps_.kv.Scan(Family::kSchedule, PairKey(id, 0), PairKey(id + 1, 0), ReadMode::kExact,
                             [log](std::string_view key, std::string_view) {
                               log->first_due_ms = static_cast<std::int64_t>(ReadBigEndian(key, 8));
                               return false;
                             });
      }));
  return ScanRecords<v0::LogRecord>(
      deps_.kv, Family::kKept, kFirst, kEnd, [&](std::string_view key, const v0::LogRecord&) -> Status {
        const std::uint64_t id = ReadBigEndian(key, 0);
        const std::uint64_t sequence = ReadBigEndian(key, 8);
        MessageLog* log = logs_.Find(id);
        if (log == nullptr) return Orphan("a kept record of log", id, "a log");
        std::uint32_t needs = log->kept_scheduled.count(sequence) > 0 ? 1u : 0u;
        for (const Cursor* cursor : log->cursors) needs += cursor->outstanding.Find(sequence) != nullptr ? 1u : 0u;
        log->kept[sequence] = needs;
        if (needs == 0 && !logs_.IsNamed({id, sequence})) logs_.DropKept(*log, sequence);
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
    task.info.homeless = record.homeless();
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
    tasks_.Restore(std::move(task));
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
  for (const auto& [id, log] : logs_.all()) {
    timers_.Set({TimerKind::kRetention, id}, now_);
    if (log->first_due_ms) timers_.Set({TimerKind::kDelay, id}, Time(Millis(*log->first_due_ms)));
    if (const Chunk* open = log->chunks.open()) timers_.Set({TimerKind::kChunk, id}, open->opened + options_.chunk_age);
    logs_.LookAt(*log);
  }
  catalog_.subscriptions.ForEach([this](Subscription& subscription) {
    if (subscription.cursor != nullptr) RestoreExpireUnused(subscription);
    if (subscription.backlog != nullptr && !subscription.settings.paused) Resume(subscription);
  });
  catalog_.snapshots.ForEach([this](const Snapshot& snapshot) { SetSnapshotTimer(snapshot); });
  timers_.Set({TimerKind::kDedup, 0}, now_);
  timers_.Set({TimerKind::kIdempotency, 0}, now_);
  if (clock_.held_back() > Nanos{0}) {
    broker::Log(LogLevel::kWarning, "clock_far_ahead",
                {{"held_back_s", clock_.held_back() / std::chrono::seconds(1)},
                 {"hint", "retention and deduplication wait until the clock is accepted"}});
  }
}

}  // namespace broker::engine
