// What a consume stream has delivered and not seen settled: the measure of its flow control. A plain value, confined to
// its stream.
//
// A delivery leaves when its settling was answered on the stream, or when its lease has run out as the stream knows it.
// Until it was sent it is "unsent": then giving it back counts no attempt.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/base/clock.h"

namespace broker::native {

class Outstanding {
 public:
  Outstanding(std::uint64_t max_messages, std::uint64_t max_bytes)
      : max_messages_(max_messages), max_bytes_(max_bytes) {}

  // What may still be delivered. Zero messages when either limit is reached: the last message may exceed max_bytes.
  std::uint64_t FreeMessages() const;
  std::uint64_t FreeBytes() const;

  void Add(std::string receipt, std::uint64_t bytes, MonotonicTime lease_deadline);
  void Sent(const std::vector<std::string>& receipts);
  // Unknown receipts: no effect.
  void Remove(const std::string& receipt);
  void Extend(const std::string& receipt, MonotonicTime lease_deadline);
  // Removes what has run out by `now`.
  void Expire(MonotonicTime now);
  std::optional<MonotonicTime> FirstDeadline() const;

  struct Receipts {
    std::vector<std::string> sent;
    std::vector<std::string> unsent;
  };
  // Empties it.
  Receipts TakeAll();

  std::uint64_t messages() const { return entries_.size(); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Entry {
    std::uint64_t bytes = 0;
    MonotonicTime deadline{};
    bool sent = false;
  };

  const std::uint64_t max_messages_;
  const std::uint64_t max_bytes_;
  std::unordered_map<std::string, Entry> entries_;  // by receipt
  std::uint64_t bytes_ = 0;
};

}  // namespace broker::native
