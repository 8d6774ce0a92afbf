// When something was last done to a queue, for rules that have it wait a minute. In memory only: a restart forgets, and
// so does a long list, the oldest first. Confined to the strand.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>

#include "broker/base/clock.h"
#include "broker/engine/commands.h"

namespace broker::aws::sqs {

class Recent {
 public:
  static constexpr Nanos kRemembered = std::chrono::seconds(60);

  // `clock` outlives it; of it the monotonic time counts.
  explicit Recent(const Clock& clock) : clock_(clock) {}

  void Note(const engine::Caller& caller, const std::string& queue);
  // Whether it was noted less than `span` ago, which is at most kRemembered.
  bool IsWithin(const engine::Caller& caller, const std::string& queue, Nanos span) const;

 private:
  static constexpr std::size_t kMost = 10'000;
  using Key = std::pair<std::string, std::string>;  // namespace and name

  const Clock& clock_;
  std::map<Key, MonotonicTime> noted_;
  std::deque<std::map<Key, MonotonicTime>::value_type>
      by_age_;  // oldest first; one that was noted again is there twice
};

}  // namespace broker::aws::sqs
