// Scanning ahead for filtered cursors: what was just appended is held against the filter at once, on the strand; what lies
// cold above a cursor (after a restart, or for one that starts at the earliest) in bounded steps off the strand, a few at a
// time and in turn. So counts are exact up to the scan point, and what passes nobody is let go without a receiver.
#include <algorithm>
#include <utility>

#include "broker/engine/core.h"
#include "broker/model/limits.h"

namespace broker::engine {
namespace {

constexpr std::size_t kStepRecords = 2'048;     // of one read, or of one turn on the strand
constexpr std::uint64_t kStepBytes = 1u << 20;  // of bodies that are parsed in one turn on the strand
// The position is stored no later than so far behind what is known not to pass, or when a closed chunk lies between.
constexpr std::uint64_t kLagRecords = 1'024;
constexpr std::uint64_t kLagBytes = 256u << 10;

// Off the strand: from where `scan` stands, over what was read.
void Look(const model::Filter& filter, const ReadOutcome& outcome, std::uint64_t end, Scan& scan) {
  const auto damaged_to = [&scan](std::uint64_t sequence) {
    while (scan.point < sequence) scan.Add(true, 0, scan.below);
  };
  for (const RecordPtr& record : outcome.records) {
    damaged_to(record->sequence);
    if (record->damaged) {
      damaged_to(record->sequence + 1);
    } else {
      scan.Add(!record->held && filter.Matches(record->message->content), record->size_bytes, record->totals);
    }
  }
  damaged_to(end);
}

}  // namespace

void Engine::Core::SetFilter(Cursor& cursor, model::Filter filter) {
  cursor.filter = std::move(filter);
  cursor.safe_position = cursor.position;
  cursor.log->filtered.push_back(&cursor);
  cursor.scan.Restart(cursor.position, cursor.below);
  scans_.Push(cursor);
}

// After SetPosition: a jump that the scan did not lead begins it anew.
void Engine::Core::FollowPosition(Cursor& cursor, std::uint64_t before) {
  if (cursor.position < before || cursor.position > cursor.scan.first) cursor.scan.Restart(cursor.position, cursor.below);
  if (cursor.position < before) cursor.safe_position = std::min(cursor.safe_position, cursor.position);
  scans_.Push(cursor);
  // A receipt's message is looked for no further above a stored position than kMaxOutstanding (see EntryFor).
  if (cursor.position - std::min(cursor.position, cursor.safe_position) >= model::kMaxOutstanding / 2) journal_.RequireSync();
}

void Engine::Core::LetGo(Cursor& cursor) {
  if (cursor.scan.first > cursor.position) SetPosition(cursor, cursor.scan.first, cursor.scan.first_below);
}

void Engine::Core::LetGoIfFar(Cursor& cursor) {
  const Scan& scan = cursor.scan;
  if (scan.first == cursor.position) return;
  const bool far = scan.first - cursor.position >= kLagRecords || scan.first_below.bytes - cursor.below.bytes >= kLagBytes;
  const Chunk* chunk = cursor.log->chunks.Find(cursor.position);
  const bool behind_a_chunk = chunk == nullptr || (!chunk->open() && scan.first > chunk->last);
  if (far || behind_a_chunk) LetGo(cursor);
}

void Engine::Core::SkipUnmatched(Cursor& cursor, const StoredRecord& record) {
  windows_.Forget(cursor, record.sequence);
  cursor.scan.Skip(record.sequence, record.totals);
  LetGoIfFar(cursor);
}

void Engine::Core::ScanAppended(MessageLog& log, const StoredRecord& record) {
  for (Cursor* cursor : log.filtered) {
    const auto passes = cursor->scan.point == record.sequence ? input_.Passes(*cursor, record) : std::nullopt;
    if (passes) {
      cursor->scan.Add(*passes, record.size_bytes, record.totals);
      LetGoIfFar(*cursor);
    } else {
      scans_.Push(*cursor);
    }
  }
}

void Engine::Core::RunScans() {
  std::size_t records = kStepRecords;
  std::uint64_t bytes = kStepBytes;
  for (std::size_t turns = scans_.size(); turns > 0 && scans_.may_go() && records > 0; --turns) {
    Cursor* cursor = FindCursor(scans_.Pop());
    if (cursor == nullptr) continue;
    cursor->scan.queued = false;
    ScanFresh(*cursor, records, bytes);
    StartScan(*cursor);
    LetGoIfFar(*cursor);
  }
}

// What the tail has at hand.
void Engine::Core::ScanFresh(Cursor& cursor, std::size_t& records, std::uint64_t& bytes) {
  while (records > 0 && bytes > 0) {
    const RecordPtr record = cursor.log->InTail(cursor.scan.point);
    const auto passes = record == nullptr ? std::nullopt : input_.Passes(cursor, *record);
    if (!passes) return;
    cursor.scan.Add(*passes, record->size_bytes, record->totals);
    --records;
    if (cursor.filter->reads_body()) bytes -= std::min(bytes, record->size_bytes);
  }
}

void Engine::Core::StartScan(Cursor& cursor) {
  const MessageLog& log = *cursor.log;
  Scan& scan = cursor.scan;
  if (scan.point >= log.next_sequence) return;
  const RecordPtr fresh = log.InTail(scan.point);
  if (fresh != nullptr && (fresh->held || fresh->message != nullptr)) return scans_.Push(cursor);  // its turn is over
  ReadRequest request{log.id, {}};
  if (fresh == nullptr) {
    request.run_from = scan.point;
    request.run_to = log.tail.empty() ? log.next_sequence : log.tail.front()->sequence;
    request.run_max_records = kStepRecords;
  } else {
    // At hand without its message, and perhaps not yet stored.
    if (scan.wait_group == 0) scan.wait_group = journal_.newest();
    if (scan.wait_group > journal_.committed()) {
      scans_.PushWaiting(cursor);
      return;
    }
    request.points.push_back(scan.point);
  }
  scan.wait_group = 0;
  scan.reading = true;
  scans_.BeginRead();
  Scan ahead;
  ahead.Restart(scan.point, scan.below);
  Offload<Scan>(
      [&kv = deps_.kv, request, filter = *cursor.filter, ahead]() mutable {
        const ReadOutcome outcome = ReadRecords(kv, request);
        const std::uint64_t end = request.points.empty() ? std::max(outcome.run_end, ahead.point + 1) : ahead.point + 1;
        Look(filter, outcome, end, ahead);
        return ahead;
      },
      [this, id = cursor.id.value(), epoch = scan.epoch](const Scan& looked) {
        scans_.EndRead();
        Cursor* scanned = FindCursor(id);
        if (scanned == nullptr || scanned->scan.epoch != epoch) return;
        scanned->scan.reading = false;
        scanned->scan.Append(looked);
        LetGoIfFar(*scanned);
        scans_.Push(*scanned);
      });
}

}  // namespace broker::engine
