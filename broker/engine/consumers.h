// Who receives from one cursor, by name and peer. Known since the last start, and bounded: who was not seen for ten minutes
// and holds nothing is forgotten, and so is the longest unseen one when there are kMost. Where all of those hold or wait for
// something, a further one is served like any other, and not listed.
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/base/clock.h"
#include "broker/engine/commands.h"
#include "broker/engine/outstanding.h"

namespace broker::engine {

class Consumers {
 public:
  static constexpr std::size_t kMost = 1'000;
  static constexpr Nanos kForgetAfter = std::chrono::minutes(10);

  // The consumer's number, which its leases carry. 0: not listed.
  std::uint16_t Arrive(const Caller& caller, Time now, const Outstanding& outstanding);
  void BeginWait(std::uint16_t consumer) {
    if (consumer != 0) ++consumers_.at(consumer).waiting;
  }
  void EndWait(std::uint16_t consumer, Time now);
  // By name and peer.
  std::vector<ConsumerInfo> List(Time now, const Outstanding& outstanding);

 private:
  struct Consumer {
    std::string name;
    std::string peer;
    std::uint32_t waiting = 0;
    Time last_seen{};
  };
  bool IsIdle(std::uint16_t consumer, const Outstanding& outstanding) const;
  void ForgetUnseen(Time now, const Outstanding& outstanding);
  void MakeRoom(const Outstanding& outstanding);

  std::map<std::uint16_t, Consumer> consumers_;  // by number; numbers of forgotten ones are given again
  std::map<std::pair<std::string, std::string>, std::uint16_t> numbers_;
};

}  // namespace broker::engine
