// What a log keeps, and from where on: for those who have not read it, for a replay as long as the topic's retention
// says, and for a seek where a subscription retains what it settled. Snapshots are frozen cursors: no case of their own.
// Nothing is let go here. `expiry_now` is expiry time. Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <optional>

#include "broker/engine/cursor.h"
#include "broker/engine/message_log.h"

namespace broker::engine {

// The first sequence from which on nothing is missing up to the end.
std::uint64_t StoredFrom(const MessageLog& log);
// Below it nothing is needed but what is outstanding, delayed or named.
std::uint64_t NeededFrom(const MessageLog& log, Time expiry_now);
// Where the topic's retention has come to; none: nothing has expired yet. REQUIRES: log.retention > 0
std::optional<TimeMark> RetainedFrom(const MessageLog& log, Time expiry_now);
// When what was appended last expires at the earliest, in expiry time; nullopt: never. Being early costs a look.
// Remembers the shortest retention of those that read it.
std::optional<Time> RetentionDue(MessageLog& log);
// How far back a seek may go.
std::uint64_t SeekableFrom(const Cursor& cursor, Time expiry_now);
// Of a topic: what is stored for someone.
Totals KeptIn(const MessageLog& log);

}  // namespace broker::engine
