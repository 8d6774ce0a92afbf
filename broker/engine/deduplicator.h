// Remembers deduplication ids for five minutes, in two generations of five minutes with exact times in the values, so
// that whole generations are dropped at once. Survives restarts. Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/engine/journal.h"
#include "broker/model/ids.h"

namespace broker::engine {

class Deduplicator {
 public:
  static constexpr Nanos kWindow = std::chrono::minutes(5);
  // By hash, what was stored under it, if anything.
  using Known = std::map<std::string, std::optional<model::MessageId>>;

  Deduplicator(const storage::Kv& kv, Journal& journal) : kv_(kv), journal_(journal) {}

  // The id that was stored under (log, scope, id) within the window before `now`, if any. `now` is expiry time.
  // Reads the store for ids that were not seen in a group still under way: a point lookup in recent data.
  // Errors: the store's, and kDataLoss for a damaged record. Whether the id was stored is not known then.
  Result<std::optional<model::MessageId>> Find(std::uint64_t log, const std::string& hash, Time now);
  void Remember(std::uint64_t log, const std::string& hash, model::MessageId id, Time now);
  // Forgets everything of a log.
  void Forget(std::uint64_t log, Time now);
  // Drops generations that `now` has left behind. Answers when to call it next.
  Time DropOld(Time now);
  void OnCommitted(std::uint64_t group);

  // 16 bytes from the scope (an ordering key, or empty) and the id.
  static std::string Hash(const std::string& scope, const std::string& id);

 private:
  struct Pending {
    model::MessageId id;
    Time time;
    std::uint64_t group;
  };
  const storage::Kv& kv_;
  Journal& journal_;
  std::map<std::string, Pending> pending_;  // by key, of groups not yet committed
  std::map<std::uint64_t, std::uint64_t> forgotten_;  // log -> group, of groups not yet committed
  std::optional<std::uint64_t> dropped_to_;
};

}  // namespace broker::engine
