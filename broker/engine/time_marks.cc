#include "broker/engine/time_marks.h"

#include <algorithm>
#include <utility>

namespace broker::engine {

bool TimeMarks::OnAppend(Time now, std::uint64_t sequence, const Totals& below) {
  const Time last_below = std::exchange(last_append_, now);
  const Time time = std::chrono::floor<Millis>(now);  // as it is stored
  if (!marks_.empty() && time - marks_.back().time < interval_) return false;
  if (marks_.size() >= kMax) {
    std::vector<TimeMark> kept;
    for (std::size_t i = 0; i < marks_.size(); ++i) {
      if (i % 2 == 0) {
        kept.push_back(marks_[i]);
      } else {
        dropped_.push_back(marks_[i].time);
      }
    }
    marks_ = std::move(kept);
    interval_ = std::max(interval_ * 2, (marks_.back().time - marks_.front().time) / int{kMax / 2});
  }
  marks_.push_back({time, sequence, last_below, below});
  return true;
}

void TimeMarks::Restore(TimeMark mark) {
  marks_.push_back(mark);
  if (marks_.size() >= kMax / 2) {
    interval_ = std::max<Nanos>(std::chrono::seconds(1), (marks_.back().time - marks_.front().time) / int{kMax});
  }
}

std::vector<Time> TimeMarks::TakeDropped() { return std::exchange(dropped_, {}); }

void TimeMarks::DropBelow(std::uint64_t sequence) {
  std::size_t count = 0;
  while (count + 1 < marks_.size() && marks_[count + 1].sequence <= sequence) ++count;
  for (std::size_t i = 0; i < count; ++i) dropped_.push_back(marks_[i].time);
  marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(count));
  if (marks_.size() < kMax / 4) interval_ = std::chrono::seconds(1);
}

std::optional<TimeMark> TimeMarks::FloorAt(Time cutoff, const TimeMark& end) const {
  if (end.last_below <= cutoff) return end;
  std::optional<TimeMark> floor;
  for (const TimeMark& mark : marks_) {
    if (mark.last_below > cutoff) break;
    floor = mark;
  }
  return floor;
}

Time TimeMarks::PassesAt(std::uint64_t sequence, const TimeMark& end) const {
  for (const TimeMark& mark : marks_) {
    if (mark.sequence > sequence) return mark.last_below;
  }
  return end.last_below;
}

}  // namespace broker::engine
