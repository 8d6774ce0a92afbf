#include "storage/committer.h"

#include <fmt/format.h>

#include <utility>

#include "broker/storage/v0/records.pb.h"
#include "storage/record_codec.h"

namespace broker::storage {
namespace {

constexpr std::string_view kGroupKey = "group";

}  // namespace

Result<GroupState> Committer::Recover(const Reader& store, const Marker& marker) {
  GroupState state;
  auto stored = store.Get(Family::kMeta, kGroupKey, ReadMode::kExact);
  if (!stored.ok()) return std::move(stored).error();
  if (stored->has_value()) {
    v0::GroupRecord record;
    BROKER_RETURN_IF_ERROR(storage::Open(kGroupKey, **stored, record));
    state.number = record.number();
    state.engine_time = Time(Nanos(record.engine_time_ns()));
  }
  auto marked = marker.Load();
  if (!marked.ok()) return std::move(marked).error();
  if (marked->has_value() && **marked > state.number) {
    return Error(ErrorCode::kDataLoss, "MISSING_COMMIT_GROUPS",
                 fmt::format("the store ends at commit group {}, but group {} was synced: groups {} to {} are missing. "
                             "The end of the write-ahead log was damaged or removed",
                             state.number, **marked, state.number + 1, **marked));
  }
  return state;
}

Result<std::unique_ptr<Committer>> Committer::Open(Kv& kv, Marker& marker) {
  auto state = Recover(kv, marker);
  if (!state.ok()) return std::move(state).error();
  return std::unique_ptr<Committer>(new Committer(kv, marker, *state));
}

Status Committer::Commit(CommitGroup group) {
  if (failed_) return *failed_;
  if (group.batch == nullptr) return {};
  v0::GroupRecord record;
  record.set_number(state_.number + 1);
  record.set_engine_time_ns(group.engine_time.time_since_epoch().count());
  group.batch->Put(Family::kMeta, kGroupKey, Seal(kGroupKey, record));
  Status status = kv_.Write(std::move(group.batch), group.sync);
  if (status.ok() && group.sync == Sync::kYes) status = marker_.Store(record.number());
  if (!status.ok()) {
    failed_ = status.error();
    return status;
  }
  state_ = {record.number(), group.engine_time};
  return {};
}

}  // namespace broker::storage
