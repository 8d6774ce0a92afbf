// A record of a log as memory holds it, and its form on disk. Immutable and shared; see records.proto.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/engine/totals.h"
#include "broker/model/ids.h"
#include "broker/model/message.h"

namespace broker::storage::v0 {
class AliasRecord;
class DeadLetterRecord;
class LogRecord;
class MessageRecord;
}  // namespace broker::storage::v0

namespace broker::engine {

// An alias: the message itself stands elsewhere. With a zero target it stands here, and only its way is told.
struct Alias {
  model::MessageId target;
  model::MessageId id;  // zero: its own place
  std::string subscription;
  std::string delivery_format;
};

struct StoredRecord {
  std::uint64_t sequence = 0;
  bool held = false;     // cursors skip it, totals leave it out
  bool damaged = false;  // its bytes on disk do not hold; nothing else of it is known
  bool filtered_out = false;  // read for a cursor whose filter it does not pass: its message was let go
  Time append_time{};
  Time due{};            // of a delayed message
  Time expires{};        // never delivered from then on; zero: none
  std::uint64_t size_bytes = 0;
  Totals totals;         // of the log up to and with this record
  std::uint64_t key_hash = 0;
  std::shared_ptr<const Alias> alias;  // null for a message's own record
  model::MessagePtr message;           // null: known to be there, not loaded

  bool stands_elsewhere() const { return alias != nullptr && alias->target != model::MessageId{}; }
  // The log's totals below this record.
  Totals below() const { return held ? totals : totals - Totals{1, size_bytes}; }
  // The message's id for whoever receives it from `log`.
  model::MessageId IdIn(model::LogId log) const;
  // Where it was first stored, if elsewhere; else zero.
  model::MessageId OriginIn(model::LogId log) const;
};

using RecordPtr = std::shared_ptr<const StoredRecord>;

// Whole values: an alias is written without its message unless `with_copy`.
void ToRecord(const StoredRecord& record, bool with_copy, storage::v0::LogRecord& out);
StoredRecord FromRecord(std::uint64_t sequence, const storage::v0::LogRecord& record);
void ToRecord(const Alias& alias, storage::v0::AliasRecord& out);
Alias FromRecord(const storage::v0::AliasRecord& record);

// Never 0: that is "no key".
std::uint64_t KeyHash(const std::string& ordering_key);

inline std::int64_t ToNanos(Time time) { return time.time_since_epoch().count(); }
inline Time FromNanos(std::int64_t nanos) { return Time(Nanos(nanos)); }

}  // namespace broker::engine
