// One consumer group's place in a log, as memory holds it. Everything below `position` that is not outstanding is
// settled. Confined to the engine's strand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/engine/commands.h"
#include "broker/engine/consumers.h"
#include "broker/engine/message_log.h"
#include "broker/engine/outstanding.h"
#include "broker/engine/scan.h"

namespace broker::engine {

// What a cursor is there for. Only a receiver's hands out leases.
enum class CursorUse {
  kReceive,  // a queue's or pull subscription's
  kFrozen,   // a snapshot's: it stands still, and keeps what it has not settled
  kCatchUp,  // a queue subscription's: what its queue has still to get
  kReplay,   // a replay's: what its queue is given once more
};

struct Cursor {
  Cursor(model::CursorId cursor_id, MessageLog& in, const model::DeliverySettings& delivery)
      : id(cursor_id), log(&in), settings(delivery), outstanding(delivery.ordered) {}

  model::CursorId id;
  MessageLog* log;
  model::DeliverySettings settings;
  model::ResourceRef owner;  // the queue or subscription; of a frozen one the name is the snapshot's
  std::string name_space;
  CursorUse use = CursorUse::kReceive;

  std::uint64_t position = 1;  // next sequence to read
  Totals below;                // the log's totals below the position
  std::uint64_t floor = 0;     // below it everything expired or was purged
  std::uint64_t epoch = 0;     // of its leases; receipts of an earlier one are stale
  Outstanding outstanding;

  // How far the look ahead went for groups, and the only one that it met; see sharing.cc.
  struct Ahead {
    std::uint64_t to = 0;
    std::optional<std::uint64_t> group;
  };
  Ahead ahead;
  std::optional<model::Filter> filter;  // only what passes counts; the rest is as good as settled
  Scan scan;                            // of a filtered cursor
  std::uint64_t safe_position = 1;      // of a filtered cursor: a position that no power cut undoes

  std::deque<WaiterId> waiters;
  std::vector<WaiterId> watchers;  // who only wants to hear that it is gone
  Consumers consumers;
  std::string dead_letter_problem;      // why the last message that was to go could not
  std::uint64_t dead_letter_stuck = 0;  // its sequence: the problem is over when it is settled

  Nanos expire_unused{0};  // 0: never
  Time last_used{};
  Time last_used_stored{};

  // Cold records that were read off the strand and will be needed soon.
  std::map<std::uint64_t, RecordPtr> window;
  std::uint64_t window_bytes = 0;
  bool reading = false;
  std::uint64_t read_epoch = 0;  // a finished read of an earlier one is dropped

  bool dropping = false;        // to make room, the head is being read
  bool reading_dying = false;   // bodies of dead letters to be
  std::vector<std::uint64_t> dying_next;  // to be read after them

  bool dirty = false;           // listed in the journal
  bool position_dirty = false;

  bool synced_leases() const { return settings.ordered || settings.exactly_once; }
  bool feeds() const { return use == CursorUse::kCatchUp || use == CursorUse::kReplay; }
  // Of what lies above the position to deliver; delayed messages are the log's. Filtered: of what was scanned.
  Totals unread() const { return filter ? scan.passed : log->totals - below; }
  std::uint64_t unscanned() const { return filter ? (log->totals - scan.below).messages : 0; }
  // Nothing below it is unread.
  std::uint64_t first_unread() const { return filter ? scan.first : position; }
  // The first sequence that it still needs: settled ones too, where they stay for a seek.
  std::uint64_t needed_from() const {
    return settings.retain_acknowledged ? std::min(floor, position) : position;
  }
};

}  // namespace broker::engine
