// One log as memory holds it: where it ends, its running totals, marks, chunks, delayed messages, and the newest records.
// Its size does not depend on how much is stored. Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/engine/chunk_table.h"
#include "broker/engine/stored_record.h"
#include "broker/engine/time_marks.h"
#include "broker/engine/totals.h"
#include "broker/model/ids.h"

namespace broker::engine {

struct Cursor;
struct Topic;

using ScheduleKey = std::pair<std::int64_t, std::uint64_t>;  // due (ms), sequence of the held record

struct ScheduleEntry {
  std::uint64_t size_bytes = 0;
  std::uint64_t key_hash = 0;
  Time expires{};  // zero: none
  std::shared_ptr<const Alias> alias;  // what to append when due, if the held record is an alias itself
  bool damaged = false;  // its bytes on disk do not hold: the held record tells all of this, too
};

struct MessageLog {
  MessageLog(model::LogId log_id, ChunkLimits limits) : id(log_id), chunks(limits) {}

  model::LogId id;
  std::uint64_t next_sequence = 1;
  Totals totals;              // of everything ever appended and not held
  TimeMarks marks;
  ChunkTable chunks;
  Nanos retention{0};         // of a topic that keeps for replay; 0: only what somebody needs
  std::uint64_t last_keyed = 0;  // no record behind it has an ordering key
  const Topic* topic = nullptr;  // whose it is; null of a queue's, or once the topic is deleted
  std::vector<Cursor*> cursors;
  std::vector<Cursor*> filtered;  // those of them with a filter
  std::set<std::uint64_t> waiting;  // ids of cursors that have receivers waiting, or are catching up
  bool ordered = false;       // a queue's log whose delay holds back its head, not single messages
  Nanos delay{0};             // of an ordered log
  Nanos message_ttl{0};       // of a queue's messages that bring none of their own; 0: none
  Nanos shortest_retention{0};  // over its cursors and its own; 0: to be found again
  bool deleted = false;       // nobody can name it any more; it lives until its last cursor and alias are done

  // Delayed messages: exact counts, and when the first of them is due. The rest is in the family `schedule`.
  Totals delayed;
  std::optional<std::int64_t> first_due_ms;

  bool reading_due = false;                         // what has come due is read, to hold it against filters
  std::map<std::uint64_t, model::MessagePtr> due;   // what was read; null: it cannot be

  // What groups that are not durable yet did to `schedule`, with the group's number.
  std::map<ScheduleKey, std::pair<ScheduleEntry, std::uint64_t>> schedule_added;
  std::map<ScheduleKey, std::uint64_t> schedule_removed;
  std::uint64_t schedule_cleared_in = 0;

  // Records that outlived their chunk, with how many cursors and schedule entries need each.
  std::map<std::uint64_t, std::uint32_t> kept;
  // Kept delayed records (their schedule entry has not come due).
  std::set<std::uint64_t> kept_scheduled;

  // The newest records, without gaps up to next_sequence; managed by TailCache.
  std::deque<RecordPtr> tail;

  bool state_dirty = false;    // chunk table to be stored with this group
  bool delayed_dirty = false;

  // What stands for "everything" among marks.
  TimeMark End() const { return {marks.last_append(), next_sequence, marks.last_append(), totals}; }
  // The newest records' one with this sequence, or null.
  RecordPtr InTail(std::uint64_t sequence) const {
    if (tail.empty() || sequence < tail.front()->sequence) return nullptr;
    const std::uint64_t index = sequence - tail.front()->sequence;
    return index < tail.size() ? tail[index] : nullptr;
  }
  // The first sequence that may still be stored outside `kept`.
  std::uint64_t FirstStored() const { return chunks.chunks().empty() ? next_sequence : chunks.chunks().front().first; }
};

}  // namespace broker::engine
