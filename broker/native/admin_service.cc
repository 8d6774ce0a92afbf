#include "broker/native/admin_service.h"

#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/info_codec.h"
#include "broker/native/time_codec.h"

namespace broker::native {

using engine::Caller;

void AdminService::Arm() {
  ArmAdmin<v1::ShowClockRequest, v1::ClockStatus>(
      context_, *this, &AdminService::RequestShowClock,
      [this](const Caller&, const v1::ShowClockRequest&, Answer<v1::ClockStatus> answer) {
        context_.engine().ShowClock(Then<engine::ClockInfo>(std::move(answer)));
      });
  ArmAdmin<v1::AcceptClockRequest, v1::ClockStatus>(
      context_, *this, &AdminService::RequestAcceptClock,
      [this](const Caller&, const v1::AcceptClockRequest&, Answer<v1::ClockStatus> answer) {
        context_.engine().AcceptClock(Then<engine::ClockInfo>(std::move(answer)));
      });
  ArmAdmin<v1::GetServerInfoRequest, v1::ServerInfo>(
      context_, *this, &AdminService::RequestGetServerInfo,
      [this](const Caller&, const v1::GetServerInfoRequest&, const Answer<v1::ServerInfo>& answer) {
        const ServerFacts facts = facts_();
        v1::ServerInfo info;
        info.set_version(facts.version);
        info.set_folder_id(facts.folder_id);
        ToProto(facts.started, info.mutable_start_time());
        ToProto(context_.clock().Monotonic() - facts.started_monotonic, info.mutable_uptime());
        if (facts.storage_full) info.set_storage_full(*facts.storage_full);
        answer(std::move(info));
      });
}

}  // namespace broker::native
