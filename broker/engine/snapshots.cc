// Snapshots: cursors that stand still. One keeps what its subscription had not settled and all that came later, until
// it expires or is deleted, also after its subscription and its topic are gone.
#include <fmt/format.h>

#include <utility>

#include "broker/base/duration.h"
#include "broker/base/log.h"
#include "broker/engine/core.h"
#include "broker/engine/store.h"
#include "broker/model/limits.h"
#include "broker/model/validation.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

constexpr Nanos kDefaultLife = std::chrono::hours(24 * 7);

}  // namespace

Result<SnapshotInfo> Engine::Core::CreateSnapshot(const Caller& caller, std::string name,
                                                  const std::string& subscription, std::optional<Nanos> life,
                                                  std::map<std::string, std::string> labels) {
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  BROKER_RETURN_IF_ERROR(model::CheckLabels("labels", labels));
  if (life && (*life <= Nanos{0} || *life > model::kMaxSnapshotLife)) {
    return InvalidField("life", fmt::format("{} is not above 0s and at most {}", FormatDuration(*life),
                                            FormatDuration(model::kMaxSnapshotLife)));
  }
  auto found = catalog_.FindPullSubscription(caller, subscription);
  if (!found.ok()) return found.error();
  BROKER_RETURN_IF_ERROR(room_.Check());
  if (catalog_.snapshots.Find(caller.name_space, name) != nullptr) {
    return Error(ErrorCode::kAlreadyExists, "SNAPSHOT_EXISTS",
                 fmt::format("snapshot \"{}\" is already there in namespace \"{}\"", name, caller.name_space),
                 "snapshot/" + name);
  }
  BROKER_RETURN_IF_ERROR(Catalog::CheckQuota(caller.name_space, "snapshots", catalog_.snapshots.CountIn(caller.name_space),
                                             options_.max_snapshots));
  const Cursor& source = *(*found)->cursor;
  auto snapshot = std::make_unique<Snapshot>();
  snapshot->name_space = caller.name_space;
  snapshot->name = std::move(name);
  snapshot->subscription = subscription;
  snapshot->created = now_;
  snapshot->expires = now_ + life.value_or(kDefaultLife);
  snapshot->labels = std::move(labels);
  snapshot->topic = (*found)->topic;
  Cursor& frozen = AddCursor(*source.log, {}, caller.name_space, {model::ResourceKind::kSubscription, snapshot->name});
  frozen.use = CursorUse::kFrozen;
  frozen.floor = source.floor;
  SetPosition(frozen, source.position, source.below);
  for (const auto& [page, entries] : source.outstanding.pages()) {
    for (const auto& [bit, entry] : entries) PutOutstanding(frozen, page * 64 + bit, AsNew(entry));
  }
  snapshot->cursor = &frozen;
  Snapshot& added = catalog_.snapshots.Add(std::move(snapshot));
  StoreSnapshot(journal_, added);
  SetSnapshotTimer(added);
  return added.Info();
}

Result<SnapshotInfo> Engine::Core::UpdateSnapshot(const Caller& caller, const std::string& name,
                                                  const SnapshotPatch& patch) {
  auto found = catalog_.FindSnapshot(caller, name);
  if (!found.ok()) return found.error();
  if (patch.labels) BROKER_RETURN_IF_ERROR(model::CheckLabels("labels", *patch.labels));
  if (patch.expires && (*patch.expires < now_ || *patch.expires > now_ + model::kMaxSnapshotLife)) {
    return InvalidField("expire_time", fmt::format("{} is outside now, {}, to {} later", FormatTime(*patch.expires),
                                                   FormatTime(now_), FormatDuration(model::kMaxSnapshotLife)));
  }
  Snapshot& snapshot = **found;
  snapshot.expires = patch.expires.value_or(snapshot.expires);
  if (patch.labels) snapshot.labels = *patch.labels;
  StoreSnapshot(journal_, snapshot);
  SetSnapshotTimer(snapshot);
  return snapshot.Info();
}

Status Engine::Core::DeleteSnapshot(const Caller& caller, const std::string& name) {
  auto found = catalog_.FindSnapshot(caller, name);
  if (!found.ok()) return found.error();
  RemoveSnapshot(**found);
  return {};
}

// What a clock that is far ahead holds back goes on being kept.
void Engine::Core::SetSnapshotTimer(const Snapshot& snapshot) {
  timers_.Set({TimerKind::kSnapshot, snapshot.cursor->id.value()}, snapshot.expires + clock_.held_back());
}

void Engine::Core::RunSnapshotExpiry(Cursor& frozen) {
  Snapshot* found = catalog_.snapshots.Find(frozen.name_space, frozen.owner.name);
  BROKER_CHECK(found != nullptr);
  Snapshot& snapshot = *found;
  if (snapshot.expires > clock_.expiry_now()) return SetSnapshotTimer(snapshot);
  broker::Log(LogLevel::kInfo, "snapshot_expired", {{"snapshot", snapshot.name}, {"namespace", snapshot.name_space}});
  RemoveSnapshot(snapshot);
}

void Engine::Core::RemoveSnapshot(Snapshot& snapshot) {
  journal_.Delete(storage::Family::kCatalog, storage::KindKey('n', snapshot.cursor->id.value()));
  RemoveCursor(*snapshot.cursor, {});
  catalog_.snapshots.Erase(snapshot);
}

}  // namespace broker::engine
