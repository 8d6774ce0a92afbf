#include "broker/native/snapshots_service.h"

#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/policy_codec.h"
#include "broker/native/replay_codec.h"
#include "broker/native/request_codec.h"
#include "broker/native/time_codec.h"

namespace broker::native {

using engine::Caller;
using google::protobuf::Empty;

void SnapshotsService::Arm() {
  ArmAdmin<v1::CreateSnapshotRequest, v1::Snapshot>(
      context_, *this, &SnapshotsService::RequestCreate,
      [this](const Caller& caller, const v1::CreateSnapshotRequest& request, Answer<v1::Snapshot> answer) {
        auto life = FromProto("life", request.has_life(), request.life());
        if (!life.ok()) return answer(std::move(life).error());
        const v1::Snapshot& snapshot = request.snapshot();
        context_.engine().CreateSnapshot(caller, snapshot.name(), snapshot.subscription(), *life,
                                         ToTexts(snapshot.labels()), Then<engine::SnapshotInfo>(std::move(answer)));
      });
  ArmAdmin<v1::GetSnapshotRequest, v1::Snapshot>(
      context_, *this, &SnapshotsService::RequestGet,
      [this](const Caller& caller, const v1::GetSnapshotRequest& request, Answer<v1::Snapshot> answer) {
        context_.engine().GetSnapshot(caller, request.name(), Then<engine::SnapshotInfo>(std::move(answer)));
      });
  ArmAdmin<v1::ListSnapshotsRequest, v1::ListSnapshotsResponse>(
      context_, *this, &SnapshotsService::RequestList,
      [this](const Caller& caller, const v1::ListSnapshotsRequest& request, Answer<v1::ListSnapshotsResponse> answer) {
        auto list = ToList(request.prefix(), request.page_size(), request.page_token());
        if (!list.ok()) return answer(std::move(list).error());
        context_.engine().ListSnapshots(
            caller, *std::move(list),
            [answer = std::move(answer)](Result<engine::ListPage<engine::SnapshotInfo>> page) {
              if (!page.ok()) return answer(std::move(page).error());
              v1::ListSnapshotsResponse response;
              for (const auto& info : page->items) ToProto(info, response.add_snapshots());
              response.set_next_page_token(page->next_page_token);
              answer(std::move(response));
            });
      });
  ArmAdmin<v1::UpdateSnapshotRequest, v1::Snapshot>(
      context_, *this, &SnapshotsService::RequestUpdate,
      [this](const Caller& caller, const v1::UpdateSnapshotRequest& request, Answer<v1::Snapshot> answer) {
        auto patch = ToPatch(request);
        if (!patch.ok()) return answer(std::move(patch).error());
        context_.engine().UpdateSnapshot(caller, request.snapshot().name(), *std::move(patch),
                                         Then<engine::SnapshotInfo>(std::move(answer), "snapshot."));
      });
  ArmAdmin<v1::DeleteSnapshotRequest, Empty>(
      context_, *this, &SnapshotsService::RequestDelete,
      [this](const Caller& caller, const v1::DeleteSnapshotRequest& request, Answer<Empty> answer) {
        context_.engine().DeleteSnapshot(caller, request.name(), ThenEmpty(std::move(answer)));
      });
}

}  // namespace broker::native
