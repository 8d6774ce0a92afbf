#include "broker/engine/consumers.h"

#include <algorithm>
#include <optional>

#include "broker/model/limits.h"
#include "broker/model/validation.h"

namespace broker::engine {

bool Consumers::IsIdle(std::uint16_t consumer, const Outstanding& outstanding) const {
  return consumers_.at(consumer).waiting == 0 && outstanding.HeldBy(consumer) == 0;
}

void Consumers::ForgetUnseen(Time now, const Outstanding& outstanding) {
  std::erase_if(numbers_, [&](const auto& item) {
    const std::uint16_t consumer = item.second;
    if (consumers_.at(consumer).last_seen + kForgetAfter > now || !IsIdle(consumer, outstanding)) return false;
    consumers_.erase(consumer);
    return true;
  });
}

void Consumers::MakeRoom(const Outstanding& outstanding) {
  auto oldest = numbers_.end();
  for (auto it = numbers_.begin(); it != numbers_.end(); ++it) {
    if (!IsIdle(it->second, outstanding)) continue;
    if (oldest == numbers_.end() || consumers_.at(it->second).last_seen < consumers_.at(oldest->second).last_seen)
      oldest = it;
  }
  if (oldest == numbers_.end()) return;
  consumers_.erase(oldest->second);
  numbers_.erase(oldest);
}

std::uint16_t Consumers::Arrive(const Caller& caller, Time now, const Outstanding& outstanding) {
  const std::string name = model::CutText(caller.consumer, model::kMaxConsumerBytes);
  const std::string peer = model::CutText(caller.peer, model::kMaxConsumerBytes);
  if (const auto known = numbers_.find({name, peer}); known != numbers_.end()) {
    consumers_.at(known->second).last_seen = now;
    return known->second;
  }
  if (numbers_.size() >= kMost) ForgetUnseen(now, outstanding);
  if (numbers_.size() >= kMost) MakeRoom(outstanding);
  if (numbers_.size() >= kMost) return 0;
  // The lowest number that is free.
  std::uint16_t number = 1;
  for (auto it = consumers_.begin(); it != consumers_.end() && it->first == number; ++it) ++number;
  consumers_[number] = {name, peer, 0, now};
  numbers_[{name, peer}] = number;
  return number;
}

void Consumers::EndWait(std::uint16_t consumer, Time now) {
  if (consumer == 0) return;
  Consumer& waited = consumers_.at(consumer);
  --waited.waiting;
  waited.last_seen = now;
}

std::vector<ConsumerInfo> Consumers::List(Time now, const Outstanding& outstanding) {
  ForgetUnseen(now, outstanding);
  std::map<std::uint16_t, Time> oldest;
  for (const auto& [page, entries] : outstanding.pages()) {
    for (const auto& [bit, entry] : entries) {
      if (!entry.leased || entry.consumer == 0) continue;
      const auto [it, first] = oldest.try_emplace(entry.consumer, entry.lease_start);
      if (!first) it->second = std::min(it->second, entry.lease_start);
    }
  }
  std::vector<ConsumerInfo> listed;
  for (const auto& [name, number] : numbers_) {
    const Consumer& consumer = consumers_.at(number);
    ConsumerInfo info{consumer.name, consumer.peer,     consumer.waiting, outstanding.HeldBy(number),
                      std::nullopt,  consumer.last_seen};
    if (const auto since = oldest.find(number); since != oldest.end()) info.oldest_lease = since->second;
    listed.push_back(std::move(info));
  }
  return listed;
}

}  // namespace broker::engine
