#include "broker/native/publish_call.h"

#include <utility>

#include "broker/native/errors.h"
#include "broker/native/request_codec.h"

namespace broker::native {

void PublishCall::Arm(Context& context, MessagesService& service) {
  auto* call = new PublishCall(context, service);
  auto& queue = context.loop().queue();
  service.RequestPublish(&call->rpc_, &call->bytes_, &call->writer_, &queue, &queue, static_cast<Tag*>(call));
}

void PublishCall::Serve() {
  auto& request = New<v1::PublishRequest>();
  engine::Caller caller;
  if (!Open(request, caller)) return;
  auto plan = TakePublish(request);
  if (!plan.ok()) return Fail(plan.error());
  if (plan->request.entries.empty()) {  // each of them was refused
    auto& response = New<v1::PublishResponse>();
    ToProto(plan->refusals, {}, &response);
    return Reply(response);
  }
  context_.engine().Publish(caller, std::move(plan->request),
                            [this, refusals = std::move(plan->refusals)](Result<engine::PublishResponse> result) {
                              if (!result.ok()) return Fail(InRequest(std::move(result).error(), ""));
                              auto& response = New<v1::PublishResponse>();
                              ToProto(refusals, *result, &response);
                              Reply(response);
                            });
}

}  // namespace broker::native
