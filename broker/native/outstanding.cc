#include "broker/native/outstanding.h"

#include <algorithm>
#include <utility>

namespace broker::native {

std::uint64_t Outstanding::FreeMessages() const {
  if (FreeBytes() == 0 || entries_.size() >= max_messages_) return 0;
  return max_messages_ - entries_.size();
}

std::uint64_t Outstanding::FreeBytes() const { return bytes_ >= max_bytes_ ? 0 : max_bytes_ - bytes_; }

void Outstanding::Add(std::string receipt, std::uint64_t bytes, MonotonicTime lease_deadline) {
  if (entries_.emplace(std::move(receipt), Entry{bytes, lease_deadline, false}).second) bytes_ += bytes;
}

void Outstanding::Sent(const std::vector<std::string>& receipts) {
  for (const auto& receipt : receipts) {
    if (const auto found = entries_.find(receipt); found != entries_.end()) found->second.sent = true;
  }
}

void Outstanding::Remove(const std::string& receipt) {
  const auto found = entries_.find(receipt);
  if (found == entries_.end()) return;
  bytes_ -= found->second.bytes;
  entries_.erase(found);
}

void Outstanding::Extend(const std::string& receipt, MonotonicTime lease_deadline) {
  if (const auto found = entries_.find(receipt); found != entries_.end()) found->second.deadline = lease_deadline;
}

void Outstanding::Expire(MonotonicTime now) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.deadline > now) {
      ++entry;
    } else {
      bytes_ -= entry->second.bytes;
      entry = entries_.erase(entry);
    }
  }
}

std::optional<MonotonicTime> Outstanding::FirstDeadline() const {
  std::optional<MonotonicTime> first;
  for (const auto& [receipt, entry] : entries_) {
    if (!first || entry.deadline < *first) first = entry.deadline;
  }
  return first;
}

Outstanding::Receipts Outstanding::TakeAll() {
  Receipts receipts;
  for (auto& [receipt, entry] : std::exchange(entries_, {})) {
    (entry.sent ? receipts.sent : receipts.unsent).push_back(receipt);
  }
  bytes_ = 0;
  return receipts;
}

}  // namespace broker::native
