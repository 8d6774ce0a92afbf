#include "broker/engine/idempotency.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/duration.h"
#include "broker/base/hash.h"
#include "broker/base/utf8.h"
#include "broker/model/limits.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

using Record = IdempotencyRecords::Record;

constexpr std::size_t kSweepRecords = 500;
constexpr Nanos kSweepPause = std::chrono::seconds(1);  // before looking again at what could not go yet

Status CheckKey(const std::string& key) {
  if (key.empty()) return InvalidField("key", "is empty");
  if (key.size() > model::kMaxIdempotencyKeyBytes) {
    return InvalidField("key", fmt::format("{} bytes; at most {}", key.size(), model::kMaxIdempotencyKeyBytes));
  }
  if (!IsUtf8(key)) return InvalidField("key", "not valid UTF-8");
  return {};
}

Status CheckLife(Nanos life) {
  if (life >= model::kMinIdempotencyLife && life <= model::kMaxIdempotencyLife) return {};
  return InvalidField(
      "life", fmt::format("{} is outside {} to {}", FormatDuration(life), FormatDuration(model::kMinIdempotencyLife),
                          FormatDuration(model::kMaxIdempotencyLife)));
}

Error NoSuchKey(const Caller& caller, const std::string& key) {
  return Error(ErrorCode::kNotFound, "IDEMPOTENCY_KEY_NOT_FOUND",
               fmt::format("there is no idempotency record of \"{}\" in namespace \"{}\"", key, caller.name_space),
               key);
}

// Why `token` may not act on what is there; ok when it may.
Status CheckToken(const std::optional<Record>& record, const std::string& key, const std::string& token, Time now) {
  const auto lost = [&](std::string_view why) {
    return Error(ErrorCode::kLeaseLost, "CLAIM_LOST", fmt::format("the claim of \"{}\" {}; nothing was done", key, why),
                 key);
  };
  if (!record || record->expires <= now) return lost("has expired or was given up");
  if (record->token != token) return lost("is another's now");
  return {};
}

}  // namespace

Result<IdempotencyClaim> Idempotency::Claim(const Caller& caller, const std::string& key, Nanos life) {
  BROKER_RETURN_IF_ERROR(CheckKey(key));
  BROKER_RETURN_IF_ERROR(CheckLife(life));
  BROKER_RETURN_IF_ERROR(room_.Check());
  const std::string hash = IdempotencyRecords::Hash(caller.name_space, key);
  const auto found = records_.Find(hash);
  if (!found.ok()) return found.error();
  const Time now = clock_.expiry_now();
  if (const auto& record = *found; record && record->expires > now) {
    return IdempotencyClaim{record->done ? ClaimState::kDone : ClaimState::kInProgress,
                            {},
                            record->result,
                            record->expires + clock_.held_back()};
  }
  std::string bytes;
  storage::AppendBigEndian(bytes, entropy_.Next64());
  storage::AppendBigEndian(bytes, entropy_.Next64());
  const std::string token = HexEncode(bytes);  // people type it after a command: it must not begin with '-'
  Put(hash, *found, {caller.name_space, key, false, token, {}, now + life});
  return IdempotencyClaim{ClaimState::kNew, token, {}, clock_.now() + life};
}

Status Idempotency::Complete(const Caller& caller, const std::string& key, const std::string& token,
                             std::string result, Nanos life) {
  BROKER_RETURN_IF_ERROR(CheckKey(key));
  BROKER_RETURN_IF_ERROR(CheckLife(life));
  if (result.size() > model::kMaxIdempotencyResultBytes) {
    return Error(ErrorCode::kLimitExceeded, "RESULT_TOO_LARGE",
                 fmt::format("the result for \"{}\" has {} bytes; at most {}", key, result.size(),
                             model::kMaxIdempotencyResultBytes),
                 key);
  }
  const std::string hash = IdempotencyRecords::Hash(caller.name_space, key);
  const auto found = records_.Find(hash);
  if (!found.ok()) return found.error();
  BROKER_RETURN_IF_ERROR(CheckToken(*found, key, token, clock_.expiry_now()));
  Put(hash, *found, {caller.name_space, key, true, token, std::move(result), clock_.expiry_now() + life});
  return {};
}

Status Idempotency::Release(const Caller& caller, const std::string& key, const std::string& token) {
  BROKER_RETURN_IF_ERROR(CheckKey(key));
  const std::string hash = IdempotencyRecords::Hash(caller.name_space, key);
  const auto found = records_.Find(hash);
  if (!found.ok()) return found.error();
  BROKER_RETURN_IF_ERROR(CheckToken(*found, key, token, clock_.expiry_now()));
  if ((*found)->done) {
    return Error(
        ErrorCode::kLeaseLost, "CLAIM_COMPLETED",
        fmt::format("the claim of \"{}\" was completed: it cannot be released any more; forget the key to do its work "
                    "again",
                    key),
        key);
  }
  records_.Remove(hash, *found);
  return {};
}

Status Idempotency::Forget(const Caller& caller, const std::string& key) {
  BROKER_RETURN_IF_ERROR(CheckKey(key));
  const std::string hash = IdempotencyRecords::Hash(caller.name_space, key);
  const auto found = records_.Find(hash);
  if (!found.ok()) {  // damaged: this is the way to be rid of it
    records_.Remove(hash, std::nullopt);
    return {};
  }
  if (!*found || (*found)->expires <= clock_.expiry_now()) return NoSuchKey(caller, key);
  records_.Remove(hash, *found);
  return {};
}

Result<IdempotencyClaim> Idempotency::Get(const Caller& caller, const std::string& key) {
  BROKER_RETURN_IF_ERROR(CheckKey(key));
  const auto found = records_.Find(IdempotencyRecords::Hash(caller.name_space, key));
  if (!found.ok()) return found.error();
  const auto& record = *found;
  if (!record || record->expires <= clock_.expiry_now()) return NoSuchKey(caller, key);
  return IdempotencyClaim{record->done ? ClaimState::kDone : ClaimState::kInProgress,
                          {},
                          record->result,
                          record->expires + clock_.held_back()};
}

void Idempotency::Put(const std::string& hash, const std::optional<Record>& old, Record record) {
  timers_.SetNoLater({TimerKind::kIdempotency, 0}, record.expires + clock_.held_back());
  records_.Put(hash, old, std::move(record));
}

bool Idempotency::BeginSweep() {
  if (records_.sweeping()) return false;
  records_.BeginSweep();
  return true;
}

Idempotency::Expired Idempotency::FindExpired(const storage::Kv& kv, Time now) {
  return IdempotencyRecords::FindExpired(kv, now, kSweepRecords);
}

void Idempotency::EndSweep(const Expired& found) {
  const auto next = records_.EndSweep(found);
  if (found.entries.size() == kSweepRecords) {  // there are more, and these are to be gone first
    return journal_.After([this] { timers_.SetNoLater({TimerKind::kIdempotency, 0}, clock_.now()); });
  }
  if (!next) return;
  const Time due = *next + clock_.held_back();
  timers_.SetNoLater({TimerKind::kIdempotency, 0}, due > clock_.now() ? due : clock_.now() + kSweepPause);
}

}  // namespace broker::engine
