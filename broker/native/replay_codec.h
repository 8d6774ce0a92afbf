// Requests that go back in time or move messages, as the engine takes them: seeks, snapshots, replays, redrives. What
// cannot be said in the model is refused by field; ranges are checked by the engine. Pure functions.
#pragma once

#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/v1/dead_letters.pb.h"
#include "broker/v1/snapshots.pb.h"
#include "broker/v1/subscriptions.pb.h"
#include "broker/v1/topics.pb.h"

namespace broker::native {

Result<engine::SeekTo> ToSeek(const v1::SeekRequest& request);
Result<engine::ReplayRequest> ToReplay(const v1::ReplayRequest& request);
Result<engine::MoveRequest> ToMove(const v1::RedriveRequest& request);

// The fields that the mask names; errors also for a wrong mask.
Result<engine::SnapshotPatch> ToPatch(const v1::UpdateSnapshotRequest& request);
void ToProto(const engine::SnapshotInfo& snapshot, v1::Snapshot* out);

}  // namespace broker::native
