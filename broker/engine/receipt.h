// The token of a lease. Opaque to clients, good across restarts; it names the data folder, the cursor and its lease epoch,
// the message's place, and the lease's nonce, and carries a checksum so that garbage is told from what is stale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/engine/outstanding.h"

namespace broker::engine {

struct Receipt {
  std::uint64_t folder = 0;
  std::uint64_t cursor = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  Nonce nonce;

  std::string Encode() const;  // at most 100 characters of [A-Za-z0-9_-]
  static std::optional<Receipt> Decode(std::string_view text);
  bool operator==(const Receipt&) const = default;
};

}  // namespace broker::engine
