// The service Snapshots.
#pragma once

#include "broker/native/context.h"
#include "broker/v1/snapshots.grpc.pb.h"

namespace broker::native {

using RawSnapshots =
    v1::Snapshots::WithRawMethod_Create<v1::Snapshots::WithRawMethod_Get<v1::Snapshots::WithRawMethod_List<
        v1::Snapshots::WithRawMethod_Update<v1::Snapshots::WithRawMethod_Delete<v1::Snapshots::Service>>>>>;

class SnapshotsService final : public RawSnapshots {
 public:
  explicit SnapshotsService(Context& context) : context_(context) {}

  // Makes the completion queue ready for a call of each method. Once, after the server was built.
  void Arm();

 private:
  Context& context_;
};

}  // namespace broker::native
