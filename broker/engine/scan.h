// How far what lies above a filtered cursor's position has been held against its filter. Kept in memory only: after a
// restart it begins at the position again. Its size does not depend on how much was scanned.
//
//   position <= first <= point <= next_sequence of the log
//   nothing in [position, first) passes; in [first, point) so much as `passed` does; from `point` on nobody has looked
//   if nothing passed, first == point
//
// Held records pass nobody. A damaged one counts as passing, without bytes: it must not be settled unseen.
// Confined to the engine's strand; a read under way has one of its own.
#pragma once

#include <cstdint>

#include "broker/engine/totals.h"

namespace broker::engine {

struct Scan {
  std::uint64_t first = 1;
  Totals first_below;  // the log's totals below `first`
  std::uint64_t point = 1;
  Totals below;        // the log's totals below `point`
  Totals passed;

  std::uint64_t epoch = 0;        // changed whenever it begins anew: a step of before is dropped
  bool queued = false;            // stands in the engine's queue of scans
  bool reading = false;           // a step is under way off the strand
  std::uint64_t wait_group = 0;   // not before this group is durable: what comes next is not in the store yet

  void Restart(std::uint64_t position, const Totals& below_position) {
    first = point = position;
    first_below = below = below_position;
    passed = {};
    ++epoch;
    reading = false;
    wait_group = 0;
  }

  // The record at `point`; `totals` are the log's up to and with it.
  void Add(bool passes, std::uint64_t size_bytes, const Totals& totals) {
    ++point;
    below = totals;
    if (passes) {
      passed += {1, size_bytes};
    } else if (passed.messages == 0) {
      first = point;
      first_below = below;
    }
  }

  // A scan that began at `point` and went on from there.
  void Append(const Scan& later) {
    if (passed.messages == 0) {
      first = later.first;
      first_below = later.first_below;
    }
    passed += later.passed;
    point = later.point;
    below = later.below;
  }

  // The record at `sequence`, which is at or after `first`, passed and has been read: nothing up to it is unread any more.
  void Read(std::uint64_t sequence, std::uint64_t size_bytes, const Totals& totals) {
    if (sequence >= point || passed.messages == 0 || passed.bytes < size_bytes) return Restart(sequence + 1, totals);
    passed -= {1, size_bytes};
    first = passed.messages == 0 ? point : sequence + 1;
    first_below = passed.messages == 0 ? below : totals;
  }

  // The record at `first` does not pass.
  void Skip(std::uint64_t sequence, const Totals& totals) {
    if (sequence + 1 >= point) return Restart(sequence + 1, totals);
    first = sequence + 1;
    first_below = totals;
  }
};

}  // namespace broker::engine
