#include "broker/engine/receive_attempts.h"

#include <algorithm>
#include <utility>

#include "broker/engine/windows.h"
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

std::optional<Plan> ReceiveAttempts::PlanAgain(const Cursor& cursor, const ReceiveRequest& request,
                                               Time now) const {
  if (request.attempt_id.empty()) return std::nullopt;
  const auto* given = Find(cursor.id.value(), request.attempt_id, now);
  if (given == nullptr) return std::nullopt;
  Plan plan;
  plan.again = true;
  for (const Given& each : *given) {
    const Entry* entry = cursor.outstanding.Find(each.sequence);
    if (entry == nullptr || !entry->leased || entry->nonce != each.nonce) return std::nullopt;
    if (entry->due != each.due || entry->due <= now) return std::nullopt;
    const RecordPtr record = Loaded(cursor, each.sequence);
    if (record != nullptr && record->damaged) return std::nullopt;
    if (record == nullptr || record->message == nullptr) {
      plan.missing.push_back(each.sequence);
    } else {
      plan.retries.push_back(record);
    }
  }
  std::sort(plan.missing.begin(), plan.missing.end());
  return plan;
}

void ReceiveAttempts::Remember(const Cursor& cursor, const ReceiveRequest& request, const Plan& plan, Time now) {
  if (request.attempt_id.empty()) return;
  std::vector<Given> given;
  const auto add = [&](const std::vector<RecordPtr>& records) {
    for (const RecordPtr& record : records) {
      const Entry* entry = cursor.outstanding.Find(record->sequence);
      if (entry != nullptr && entry->leased) given.push_back({record->sequence, entry->nonce, entry->due});
    }
  };
  add(plan.retries);
  add(plan.fresh);
  Remember(cursor.id.value(), request.attempt_id, std::move(given), now, plan.again);
}

void ReceiveAttempts::Forget(std::map<Key, Attempt>::iterator attempt) {
  deliveries_ -= attempt->second.given.size();
  by_age_.erase(attempt->second.place);
  attempts_.erase(attempt);
}

}  // namespace broker::engine
