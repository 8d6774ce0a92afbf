#include "broker/native/replay_codec.h"

#include <optional>
#include <utility>

#include "broker/native/field_mask.h"
#include "broker/native/policy_codec.h"
#include "broker/native/time_codec.h"

namespace broker::native {
namespace {

template <class Request>
std::optional<std::uint32_t> ToRate(const Request& request) {
  return request.has_rate() ? std::optional<std::uint32_t>(request.rate()) : std::nullopt;
}

}  // namespace

Result<engine::SeekTo> ToSeek(const v1::SeekRequest& request) {
  engine::SeekTo to;
  switch (request.to_case()) {
    case v1::SeekRequest::kTime: {
      auto time = FromProto("time", request.time());
      if (!time.ok()) return std::move(time).error();
      to.time = *time;
      return to;
    }
    case v1::SeekRequest::kSnapshot:
      BROKER_RETURN_IF_ERROR(model::CheckName("snapshot", request.snapshot()));
      to.snapshot = request.snapshot();
      return to;
    case v1::SeekRequest::TO_NOT_SET: break;
  }
  return InvalidField("to", "it is missing: set one of time and snapshot");
}

Result<engine::ReplayRequest> ToReplay(const v1::ReplayRequest& request) {
  BROKER_RETURN_IF_ERROR(model::CheckName("topic", request.topic()));
  BROKER_RETURN_IF_ERROR(model::CheckName("queue", request.queue()));
  if (!request.has_from_time()) return InvalidField("from_time", "it is missing: say from when on");
  auto from = FromProto("from_time", request.from_time());
  if (!from.ok()) return std::move(from).error();
  engine::ReplayRequest replay;
  replay.topic = request.topic();
  replay.queue = request.queue();
  replay.delivery_format = request.delivery_format();
  replay.from = *from;
  if (request.has_to_time()) {
    auto to = FromProto("to_time", request.to_time());
    if (!to.ok()) return std::move(to).error();
    replay.to = *to;
  }
  auto filter = ToFilter("filter", request.filter());
  if (!filter.ok()) return std::move(filter).error();
  replay.filter = *std::move(filter);
  replay.rate = ToRate(request);
  return replay;
}

Result<engine::MoveRequest> ToMove(const v1::RedriveRequest& request) {
  BROKER_RETURN_IF_ERROR(model::CheckName("queue", request.queue()));
  engine::MoveRequest move;
  move.queue = request.queue();
  if (!request.destination().empty()) {
    auto destination = model::Target::Parse("destination", request.destination());
    if (!destination.ok()) return std::move(destination).error();
    if (!destination->kind) destination->kind = model::ResourceKind::kQueue;
    move.destination = *std::move(destination);
  }
  auto filter = ToFilter("filter", request.filter());
  if (!filter.ok()) return std::move(filter).error();
  move.filter = *std::move(filter);
  move.rate = ToRate(request);
  move.dry_run = request.dry_run();
  return move;
}

Result<engine::SnapshotPatch> ToPatch(const v1::UpdateSnapshotRequest& request) {
  auto fields = ResolveMask(request.update_mask(), {.resource = "snapshot",
                                                    .changeable = {"expire_time", "labels"},
                                                    .fixed = {"name", "subscription", "topic", "create_time"}});
  if (!fields.ok()) return std::move(fields).error();
  engine::SnapshotPatch patch;
  if (fields->contains("expire_time")) {
    if (!request.snapshot().has_expire_time()) {
      return InvalidField("snapshot.expire_time", "it is missing: every snapshot expires");
    }
    auto expires = FromProto("snapshot.expire_time", request.snapshot().expire_time());
    if (!expires.ok()) return std::move(expires).error();
    patch.expires = *expires;
  }
  if (fields->contains("labels")) patch.labels = ToTexts(request.snapshot().labels());
  return patch;
}

void ToProto(const engine::SnapshotInfo& snapshot, v1::Snapshot* out) {
  out->set_name(snapshot.name);
  out->set_subscription(snapshot.subscription);
  out->set_topic(snapshot.topic);
  ToProto(snapshot.created, out->mutable_create_time());
  ToProto(snapshot.expires, out->mutable_expire_time());
  ToProto(snapshot.labels, out->mutable_labels());
}

}  // namespace broker::native
