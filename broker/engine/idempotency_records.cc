#include "broker/engine/idempotency_records.h"

#include <algorithm>
#include <utility>

#include "broker/base/hash.h"
#include "broker/base/log.h"
#include "broker/engine/stored_record.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

using storage::Family;

constexpr std::size_t kTimeBytes = 1 + 8;  // of an entry by expiry, before the hash

std::string RecordKey(const std::string& hash) { return "k" + hash; }

// Not before it expires.
std::string ExpiryKey(Time expires, const std::string& hash) {
  const auto ms = std::chrono::ceil<Millis>(expires).time_since_epoch().count();
  return storage::KindKey('e', static_cast<std::uint64_t>(ms)) + hash;
}

Time ExpiryOf(std::string_view entry) {
  return Time(Millis(static_cast<std::int64_t>(storage::ReadBigEndian(entry, 1))));
}

}  // namespace

std::string IdempotencyRecords::Hash(const std::string& name_space, const std::string& key) {
  return Sha256(name_space + '\0' + key);
}

Result<std::optional<IdempotencyRecords::Record>> IdempotencyRecords::Find(const std::string& hash) const {
  if (const auto pending = pending_.find(hash); pending != pending_.end()) return pending->second.record;
  const std::string key = RecordKey(hash);
  const auto value = kv_.Get(Family::kIdempotency, key, storage::ReadMode::kExact);
  if (!value.ok()) return value.error();
  if (!value->has_value()) return std::optional<Record>();
  storage::v0::IdempotencyRecord stored;
  BROKER_RETURN_IF_ERROR(storage::Open(key, **value, stored));
  return std::optional(Record{stored.name_space(), stored.key(), stored.done(), stored.token(), stored.result(),
                              FromNanos(stored.expires_ns())});
}

void IdempotencyRecords::Change(const std::string& hash, const std::optional<Record>& old, std::optional<Record> record) {
  if (old && (!record || old->expires != record->expires))
    journal_.Delete(Family::kIdempotency, ExpiryKey(old->expires, hash));
  if (sweeping_) changed_[hash] = record ? std::optional(record->expires) : std::nullopt;
  pending_[hash] = {std::move(record), journal_.group()};
  journal_.RequireSync();
}

void IdempotencyRecords::Put(const std::string& hash, const std::optional<Record>& old, Record record) {
  storage::v0::IdempotencyRecord stored;
  stored.set_name_space(record.name_space);
  stored.set_key(record.key);
  stored.set_done(record.done);
  stored.set_token(record.token);
  stored.set_result(record.result);
  stored.set_expires_ns(ToNanos(record.expires));
  journal_.Put(Family::kIdempotency, RecordKey(hash), stored);
  const std::string entry = ExpiryKey(record.expires, hash);
  Change(hash, old, std::move(record));
  journal_.PutEmpty(Family::kIdempotency, entry);
}

void IdempotencyRecords::Remove(const std::string& hash, const std::optional<Record>& old) {
  journal_.Delete(Family::kIdempotency, RecordKey(hash));
  Change(hash, old, std::nullopt);
}

void IdempotencyRecords::OnCommitted(std::uint64_t group) {
  std::erase_if(pending_, [group](const auto& item) { return item.second.group <= group; });
}

IdempotencyRecords::Expired IdempotencyRecords::FindExpired(const storage::Kv& kv, Time now, std::size_t limit) {
  Expired found;
  const Status status =
      kv.Scan(Family::kIdempotency, "e", "f", storage::ReadMode::kExact, [&](std::string_view key, std::string_view) {
        if (ExpiryOf(key) > now || found.entries.size() == limit) {
          found.next = ExpiryOf(key);
          return false;
        }
        found.entries.emplace_back(key);
        return true;
      });
  if (!status.ok()) Log(LogLevel::kError, "idempotency_scan_failed", {{"why", status.error().message}});
  return found;
}

void IdempotencyRecords::BeginSweep() {
  sweeping_ = true;
  // The store does not show yet what is pending.
  for (const auto& [hash, pending] : pending_) {
    changed_[hash] = pending.record ? std::optional(pending.record->expires) : std::nullopt;
  }
}

std::optional<Time> IdempotencyRecords::EndSweep(const Expired& found) {
  sweeping_ = false;
  for (const std::string& entry : found.entries) {
    const std::string hash = entry.substr(kTimeBytes);
    if (changed_.count(hash) > 0) continue;
    journal_.Delete(Family::kIdempotency, entry);
    journal_.Delete(Family::kIdempotency, RecordKey(hash));
  }
  std::optional<Time> next = found.next;
  for (const auto& [hash, expires] : std::exchange(changed_, {})) {
    if (expires && (!next || *expires < *next)) next = expires;
  }
  return next;
}

}  // namespace broker::engine
