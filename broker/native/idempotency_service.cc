#include "broker/native/idempotency_service.h"

#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/info_codec.h"
#include "broker/native/time_codec.h"

namespace broker::native {
namespace {

// `life` is required: 0 would end before it is heard of.
template <class Request>
Result<Nanos> LifeOf(const Request& request) {
  if (!request.has_life()) return InvalidField("life", "it is missing: 1s to 31d");
  return FromProto("life", request.life());
}

}  // namespace

using engine::Caller;
using google::protobuf::Empty;

void IdempotencyService::Arm() {
  ArmAdmin<v1::ClaimKeyRequest, v1::IdempotencyRecord>(
      context_, *this, &IdempotencyService::RequestClaim,
      [this](const Caller& caller, const v1::ClaimKeyRequest& request, Answer<v1::IdempotencyRecord> answer) {
        auto life = LifeOf(request);
        if (!life.ok()) return answer(std::move(life).error());
        context_.engine().ClaimIdempotency(caller, request.key(), *life,
                                           Then<engine::IdempotencyClaim>(std::move(answer)));
      });
  ArmAdmin<v1::CompleteKeyRequest, Empty>(
      context_, *this, &IdempotencyService::RequestComplete,
      [this](const Caller& caller, const v1::CompleteKeyRequest& request, Answer<Empty> answer) {
        auto life = LifeOf(request);
        if (!life.ok()) return answer(std::move(life).error());
        context_.engine().CompleteIdempotency(caller, request.key(), request.token(), request.result(), *life,
                                              ThenEmpty(std::move(answer)));
      });
  ArmAdmin<v1::ReleaseKeyRequest, Empty>(
      context_, *this, &IdempotencyService::RequestRelease,
      [this](const Caller& caller, const v1::ReleaseKeyRequest& request, Answer<Empty> answer) {
        context_.engine().ReleaseIdempotency(caller, request.key(), request.token(), ThenEmpty(std::move(answer)));
      });
  ArmAdmin<v1::ForgetKeyRequest, Empty>(
      context_, *this, &IdempotencyService::RequestForget,
      [this](const Caller& caller, const v1::ForgetKeyRequest& request, Answer<Empty> answer) {
        context_.engine().ForgetIdempotency(caller, request.key(), ThenEmpty(std::move(answer)));
      });
  ArmAdmin<v1::GetKeyRequest, v1::IdempotencyRecord>(
      context_, *this, &IdempotencyService::RequestGet,
      [this](const Caller& caller, const v1::GetKeyRequest& request, Answer<v1::IdempotencyRecord> answer) {
        context_.engine().GetIdempotency(caller, request.key(), Then<engine::IdempotencyClaim>(std::move(answer)));
      });
}

}  // namespace broker::native
