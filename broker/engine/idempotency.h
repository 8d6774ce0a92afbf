// What consumers remember of the work they did for a key: claim it, do the work, complete or release it. Whoever claims
// draws a token; with it alone the claim can be completed or released, so that one whose claim expired does no harm to the
// next. See Engine for what each command promises.
//
// What has expired is deleted in bounded steps that look off the strand: the engine begins one when the timer kIdempotency
// is due, looks, and ends it; the end sets the timer for the next.
// Confined to the engine's strand, but for FindExpired.
#pragma once

#include <optional>
#include <string>

#include "broker/base/entropy.h"
#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/engine/engine_clock.h"
#include "broker/engine/idempotency_records.h"
#include "broker/engine/journal.h"
#include "broker/engine/storage_room.h"
#include "broker/engine/timers.h"

namespace broker::engine {

class Idempotency {
 public:
  using Expired = IdempotencyRecords::Expired;

  Idempotency(const storage::Kv& kv, Entropy& entropy, Journal& journal, Timers& timers, const EngineClock& clock,
              const StorageRoom& room)
      : entropy_(entropy), journal_(journal), timers_(timers), clock_(clock), room_(room), records_(kv, journal) {}

  Result<IdempotencyClaim> Claim(const Caller&, const std::string& key, Nanos life);
  Status Complete(const Caller&, const std::string& key, const std::string& token, std::string result, Nanos life);
  Status Release(const Caller&, const std::string& key, const std::string& token);
  Status Forget(const Caller&, const std::string& key);
  Result<IdempotencyClaim> Get(const Caller&, const std::string& key);

  // False: one is under way.
  bool BeginSweep();
  // As much as one step deletes. `now` is expiry time. Thread-safe; may block.
  static Expired FindExpired(const storage::Kv& kv, Time now);
  void EndSweep(const Expired& found);
  void OnCommitted(std::uint64_t group) { records_.OnCommitted(group); }

 private:
  using Record = IdempotencyRecords::Record;
  void Put(const std::string& hash, const std::optional<Record>& old, Record record);

  Entropy& entropy_;
  Journal& journal_;
  Timers& timers_;
  const EngineClock& clock_;
  const StorageRoom& room_;
  IdempotencyRecords records_;
};

}  // namespace broker::engine
