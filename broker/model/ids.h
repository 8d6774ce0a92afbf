// Identifiers of the domain. Log and cursor ids are given once per data folder and never reused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/strong_id.h"

namespace broker::model {

using LogId = StrongId<struct LogIdTag>;
using CursorId = StrongId<struct CursorIdTag>;
using TaskId = StrongId<struct TaskIdTag>;
// Position of a record in its log, from 1, without reuse; gaps are possible.
using Sequence = StrongId<struct SequenceTag>;

// Where a message was first stored. Its text is "LOG-SEQUENCE" in decimal, e.g. "17-42".
struct MessageId {
  LogId log;
  Sequence sequence;

  std::string ToString() const;
  static std::optional<MessageId> Parse(std::string_view text);
  auto operator<=>(const MessageId&) const = default;
};

}  // namespace broker::model
