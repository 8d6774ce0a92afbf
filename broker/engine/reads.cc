// Cold records: read off the strand into a window of their cursor. All windows share one budget; those of cursors that
// nobody waits for go first.
#include <algorithm>
#include <utility>

#include "broker/engine/core.h"

namespace broker::engine {
namespace {

constexpr std::size_t kMinRun = 128;
constexpr std::size_t kMaxRun = 2'048;
constexpr std::uint64_t kRecordBytes = 768;  // of structures around a message

// What does not pass the filter comes without its message.
void LetGoUnmatched(const model::Filter& filter, ReadOutcome& outcome) {
  for (RecordPtr& record : outcome.records) {
    if (record->held || record->message == nullptr || filter.Matches(record->message->content)) continue;
    auto passed_over = std::make_shared<StoredRecord>(*record);
    passed_over->message.reset();
    passed_over->filtered_out = true;
    record = std::move(passed_over);
  }
}

RecordPtr DamagedRecord(std::uint64_t sequence) {
  auto record = std::make_shared<StoredRecord>();
  record->sequence = sequence;
  record->damaged = true;
  return record;
}

std::uint64_t WindowBytes(const StoredRecord& record) {
  return kRecordBytes + (record.filtered_out ? 0 : record.size_bytes);
}

}  // namespace

// Null when it has to be read first. A record of the tail may come without its message; the window's has it.
RecordPtr Engine::Core::Loaded(const Cursor& cursor, std::uint64_t sequence) const {
  RecordPtr fresh = cursor.log->InTail(sequence);
  if (fresh != nullptr && fresh->message != nullptr) return fresh;
  const auto cold = cursor.window.find(sequence);
  return cold != cursor.window.end() ? cold->second : fresh;
}

void Engine::Core::StartRead(Cursor& cursor, std::vector<std::uint64_t> points, std::uint64_t run_from,
                             std::size_t run_records) {
  const MessageLog& log = *cursor.log;
  ReadRequest request{log.id, std::move(points)};
  if (run_from != 0) {
    request.run_from = run_from;
    request.run_to = log.tail.empty() ? log.next_sequence : std::max(run_from, log.tail.front()->sequence);
    request.run_max_records = cursor.filter ? kMaxRun : std::clamp(2 * run_records, kMinRun, kMaxRun);
  }
  cursor.reading = true;
  const std::uint64_t id = cursor.id.value();
  const std::uint64_t epoch = cursor.read_epoch;
  const auto start = [this, id, epoch, request, filter = cursor.filter] {
    Offload<ReadOutcome>(
        [&kv = deps_.kv, request, filter] {
          ReadOutcome outcome = ReadRecords(kv, request);
          if (filter) LetGoUnmatched(*filter, outcome);
          return outcome;
        },
        [this, id, epoch, request](ReadOutcome outcome) {
          Cursor* reader = FindCursor(id);
          if (reader == nullptr || reader->read_epoch != epoch) return;
          OnRead(*reader, request, std::move(outcome));
        });
  };
  // A record of the tail may be one of the group being built: it can be read when that is durable.
  const bool fresh = std::any_of(request.points.begin(), request.points.end(),
                                 [&log](std::uint64_t point) { return log.InTail(point) != nullptr; });
  fresh ? journal_.After(start) : start();
}

void Engine::Core::OnRead(Cursor& cursor, const ReadRequest& request, ReadOutcome outcome) {
  cursor.reading = false;
  const auto add = [&](RecordPtr record) {
    const std::uint64_t sequence = record->sequence;
    // Settled or expired meanwhile: nobody will ask for it.
    if (sequence < cursor.first_unread() && cursor.outstanding.Find(sequence) == nullptr) return;
    const std::uint64_t bytes = WindowBytes(*record);
    if (!cursor.window.emplace(sequence, std::move(record)).second) return;
    cursor.window_bytes += bytes;
    window_bytes_ += bytes;
    with_window_.insert(cursor.id.value());
  };
  for (RecordPtr& record : outcome.records) add(std::move(record));
  // What should be there and is not must not be asked for over and over.
  for (const std::uint64_t point : request.points) {
    if (Loaded(cursor, point) == nullptr || (cursor.log->InTail(point) != nullptr && cursor.window.count(point) == 0)) {
      add(DamagedRecord(point));
    }
  }
  if (request.run_from < request.run_to) {
    for (std::uint64_t sequence = request.run_from; sequence < std::max(outcome.run_end, request.run_from + 1); ++sequence) {
      if (Loaded(cursor, sequence) == nullptr) add(DamagedRecord(sequence));
    }
  }
  Wake(cursor);
}

void Engine::Core::ForgetLoaded(Cursor& cursor, std::uint64_t sequence) {
  const auto cold = cursor.window.find(sequence);
  if (cold == cursor.window.end()) return;
  const std::uint64_t bytes = WindowBytes(*cold->second);
  cursor.window_bytes -= bytes;
  window_bytes_ -= bytes;
  cursor.window.erase(cold);
  if (cursor.window.empty()) with_window_.erase(cursor.id.value());
}

void Engine::Core::DropWindow(Cursor& cursor) {
  window_bytes_ -= cursor.window_bytes;
  cursor.window_bytes = 0;
  cursor.window.clear();
  cursor.ahead = {};
  cursor.reading = false;
  ++cursor.read_epoch;
  with_window_.erase(cursor.id.value());
}

void Engine::Core::TrimWindows() {
  if (window_bytes_ <= options_.read_ahead_bytes) return;
  const std::vector<std::uint64_t> ids(with_window_.begin(), with_window_.end());
  for (const std::uint64_t id : ids) {
    Cursor& cursor = *FindCursor(id);
    if (cursor.waiters.empty()) DropWindow(cursor);
    if (window_bytes_ <= options_.read_ahead_bytes) return;
  }
}

}  // namespace broker::engine
