#include "broker/engine/receive_attempts.h"

#include "broker/model/limits.h"

namespace broker::engine {

const std::vector<ReceiveAttempts::Given>* ReceiveAttempts::Find(std::uint64_t cursor, const std::string& id,
                                                                 Time now) const {
  const auto attempt = attempts_.find({cursor, id});
  if (attempt == attempts_.end() || now - attempt->second.first >= model::kAttemptIdWindow) return nullptr;
  return &attempt->second.given;
}

void ReceiveAttempts::Remember(std::uint64_t cursor, const std::string& id, std::vector<Given> given, Time now,
                               bool again) {
  const Key key{cursor, id};
  if (const auto known = attempts_.find(key); known != attempts_.end()) {
    if (again) {
      known->second.given = std::move(given);  // the same messages
      return;
    }
    Forget(known);
  }
  deliveries_ += given.size();
  by_age_.push_back(key);
  attempts_[key] = {now, std::move(given), std::prev(by_age_.end())};
  while (by_age_.size() > 1) {
    const auto oldest = attempts_.find(by_age_.front());
    if (deliveries_ <= kMostDeliveries && now - oldest->second.first < model::kAttemptIdWindow) break;
    Forget(oldest);
  }
}

void ReceiveAttempts::Forget(std::map<Key, Attempt>::iterator attempt) {
  deliveries_ -= attempt->second.given.size();
  by_age_.erase(attempt->second.place);
  attempts_.erase(attempt);
}

}  // namespace broker::engine
