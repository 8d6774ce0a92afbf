// Sparse time-to-sequence marks of one log, for retention without per-message timers.
//
// Invariants: times and sequences ascend; every record below a mark's sequence was appended at or before its
// `last_below`. A floor taken from them therefore never passes a message younger than the retention, and lags behind an
// expired one by at most one interval: 1 s, or about a hundredth of what the marks span once there are more than kMax.
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "broker/base/clock.h"
#include "broker/engine/totals.h"

namespace broker::engine {

struct TimeMark {
  Time time;
  std::uint64_t sequence = 0;  // the first record at or after `time`
  Time last_below{};           // when the record before it was appended
  Totals below;                // the log's totals below it
};

class TimeMarks {
 public:
  static constexpr std::size_t kMax = 256;

  // Says that the record `sequence` is about to be appended at `now`. Answers whether this made a new mark (the last
  // one), which is then to be persisted.
  // REQUIRES: now >= last_append()
  bool OnAppend(Time now, std::uint64_t sequence, const Totals& below);
  // For recovery: marks in ascending order.
  void Restore(TimeMark mark);
  void SetLastAppend(Time time) { last_append_ = time; }

  // Marks that are no longer held since the last call, to be deleted from the store.
  std::vector<Time> TakeDropped();
  // Forgets marks at or below `sequence` but the last of them.
  void DropBelow(std::uint64_t sequence);

  const TimeMark& back() const { return marks_.back(); }

  // The mark below which everything was appended at or before `cutoff`; `end` stands for "all of it".
  std::optional<TimeMark> FloorAt(Time cutoff, const TimeMark& end) const;
  // The earliest time at which FloorAt passes `sequence`. REQUIRES: sequence < end.sequence.
  Time PassesAt(std::uint64_t sequence, const TimeMark& end) const;

  bool empty() const { return marks_.empty(); }
  Time last_append() const { return last_append_; }

 private:
  std::vector<TimeMark> marks_;
  std::vector<Time> dropped_;
  Nanos interval_ = std::chrono::seconds(1);
  Time last_append_{};
};

}  // namespace broker::engine
