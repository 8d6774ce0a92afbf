// When something was last done to a thing, for rules that have it wait. In memory only: a restart forgets, and so may a
// long list, the oldest first. Confined to the strand.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "broker/base/clock.h"
#include "broker/engine/commands.h"

namespace broker::aws::sqs {

class Recent {
 public:
  // `clock` outlives it; of it the monotonic time counts.
  explicit Recent(const Clock& clock) : clock_(clock) {}

  void Note(const engine::Caller& caller, const std::string& queue);
  // Whether it was noted less than `span` ago.
  bool IsWithin(const engine::Caller& caller, const std::string& queue, Nanos span) const;

 private:
  static constexpr std::size_t kMost = 10'000;
  using Key = std::pair<std::string, std::string>;  // namespace and name

  const Clock& clock_;
  std::map<Key, MonotonicTime> noted_;
};

}  // namespace broker::aws::sqs
