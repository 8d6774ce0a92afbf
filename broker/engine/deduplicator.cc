#include "broker/engine/deduplicator.h"

#include "broker/base/hash.h"
#include "broker/base/log.h"
#include "broker/engine/stored_record.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

using storage::Family;

std::uint64_t Generation(Time now) {
  return static_cast<std::uint64_t>(now.time_since_epoch() / Deduplicator::kWindow);
}

}  // namespace

std::string Deduplicator::Hash(const std::string& scope, const std::string& id) {
  // The scope's length keeps ("a", "bc") apart from ("ab", "c").
  return Sha256(std::to_string(scope.size()) + ":" + scope + id).substr(0, 16);
}

Result<std::optional<model::MessageId>> Deduplicator::Find(std::uint64_t log, const std::string& hash, Time now) {
  const std::uint64_t current = Generation(now);
  for (const std::uint64_t generation : {current, current - 1}) {
    const std::string key = storage::DedupKey(generation, log, hash);
    if (const auto it = pending_.find(key); it != pending_.end()) {
      if (now - it->second.time < kWindow) return std::optional(it->second.id);
      continue;
    }
    // A log that was forgotten by a group still under way shows old entries in the store.
    if (forgotten_.count(log) > 0) continue;
    const auto refuse = [log](const Error& error) {
      Log(LogLevel::kError, "deduplication_record_not_read", {{"log", log}, {"why", error.message}});
      return error;
    };
    const auto value = kv_.Get(Family::kDedup, key, storage::ReadMode::kExact);
    if (!value.ok()) return refuse(value.error());
    if (!value->has_value()) continue;
    storage::v0::DedupRecord record;
    if (const Status status = storage::Open(key, **value, record); !status.ok()) return refuse(status.error());
    if (now - FromNanos(record.time_ns()) < kWindow) {
      return std::optional(model::MessageId{model::LogId(record.id().log()), model::Sequence(record.id().sequence())});
    }
  }
  return std::optional<model::MessageId>();
}

void Deduplicator::Remember(std::uint64_t log, const std::string& hash, model::MessageId id, Time now) {
  const std::string key = storage::DedupKey(Generation(now), log, hash);
  storage::v0::DedupRecord record;
  record.mutable_id()->set_log(id.log.value());
  record.mutable_id()->set_sequence(id.sequence.value());
  record.set_time_ns(ToNanos(now));
  journal_.Put(Family::kDedup, key, record);
  pending_[key] = {id, now, journal_.group()};
}

void Deduplicator::Forget(std::uint64_t log, Time now) {
  forgotten_[log] = journal_.group();
  const std::uint64_t current = Generation(now);
  for (const std::uint64_t generation : {current, current - 1}) {
    const std::string from = storage::PairKey(generation, log);
    const std::string to = storage::PairKey(generation, log + 1);
    journal_.DeleteRange(Family::kDedup, from, to);
    pending_.erase(pending_.lower_bound(from), pending_.lower_bound(to));
  }
}

Time Deduplicator::DropOld(Time now) {
  const std::uint64_t keep_from = Generation(now) - 1;
  if (!dropped_to_ || *dropped_to_ < keep_from) {
    journal_.DeleteRange(Family::kDedup, storage::PairKey(0, 0), storage::PairKey(keep_from, 0));
    dropped_to_ = keep_from;
  }
  return Time(static_cast<std::int64_t>(keep_from + 2) * kWindow);
}

void Deduplicator::OnCommitted(std::uint64_t group) {
  std::erase_if(pending_, [group](const auto& item) { return item.second.group <= group; });
  std::erase_if(forgotten_, [group](const auto& item) { return item.second <= group; });
}

}  // namespace broker::engine
