// Cold records: read off the strand into the window of their cursor.
#include <algorithm>
#include <utility>

#include "broker/engine/core.h"

namespace broker::engine {
namespace {

constexpr std::size_t kMinRun = 128;
constexpr std::size_t kMaxRun = 2'048;
constexpr Nanos kFailedPause = std::chrono::seconds(1);

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

}  // namespace

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
    windows_.Add(cursor, std::move(record));
  };
  for (RecordPtr& record : outcome.records) add(std::move(record));
  // What is handed on leaves nothing behind that could be asked for again: it waits until the store can be read.
  if (outcome.failed && cursor.feeds()) {
    return timers_.Set({TimerKind::kCatchUp, cursor.id.value()}, now_ + kFailedPause);
  }
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

}  // namespace broker::engine
