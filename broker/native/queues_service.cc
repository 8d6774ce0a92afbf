#include "broker/native/queues_service.h"

#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/info_codec.h"
#include "broker/native/request_codec.h"
#include "broker/native/settings_codec.h"

namespace broker::native {

using engine::Caller;
using google::protobuf::Empty;

void QueuesService::Arm() {
  ArmAdmin<v1::CreateQueueRequest, v1::Queue>(
      context_, *this, &QueuesService::RequestCreate,
      [this](const Caller& caller, const v1::CreateQueueRequest& request, Answer<v1::Queue> answer) {
        auto settings = ToSettings(request.queue());
        if (!settings.ok()) return answer(std::move(settings).error());
        context_.engine().CreateQueue(caller, request.queue().name(), *settings,
                                      Then<engine::QueueInfo>(std::move(answer), "queue."));
      });
  ArmAdmin<v1::GetQueueRequest, v1::QueueDescription>(
      context_, *this, &QueuesService::RequestGet,
      [this](const Caller& caller, const v1::GetQueueRequest& request, Answer<v1::QueueDescription> answer) {
        context_.engine().DescribeQueue(caller, request.name(), Then<engine::QueueDescription>(std::move(answer)));
      });
  ArmAdmin<v1::ListQueuesRequest, v1::ListQueuesResponse>(
      context_, *this, &QueuesService::RequestList,
      [this](const Caller& caller, const v1::ListQueuesRequest& request, Answer<v1::ListQueuesResponse> answer) {
        auto list = ToList(request.prefix(), request.page_size(), request.page_token());
        if (!list.ok()) return answer(std::move(list).error());
        context_.engine().ListQueues(caller, *std::move(list),
                                     [answer = std::move(answer)](Result<engine::ListPage<engine::QueueInfo>> page) {
                                       if (!page.ok()) return answer(std::move(page).error());
                                       v1::ListQueuesResponse response;
                                       for (const auto& info : page->items) ToProto(info, response.add_queues());
                                       response.set_next_page_token(page->next_page_token);
                                       answer(std::move(response));
                                     });
      });
  ArmAdmin<v1::UpdateQueueRequest, v1::Queue>(
      context_, *this, &QueuesService::RequestUpdate,
      [this](const Caller& caller, const v1::UpdateQueueRequest& request, Answer<v1::Queue> answer) {
        auto patch = ToPatch(request);
        if (!patch.ok()) return answer(std::move(patch).error());
        context_.engine().UpdateQueue(caller, request.queue().name(), *std::move(patch),
                                      Then<engine::QueueInfo>(std::move(answer), "queue."));
      });
  ArmAdmin<v1::DeleteQueueRequest, Empty>(
      context_, *this, &QueuesService::RequestDelete,
      [this](const Caller& caller, const v1::DeleteQueueRequest& request, Answer<Empty> answer) {
        context_.engine().DeleteQueue(caller, request.name(), request.force(), ThenEmpty(std::move(answer)));
      });
  ArmAdmin<v1::PurgeQueueRequest, v1::PurgeQueueResponse>(
      context_, *this, &QueuesService::RequestPurge,
      [this](const Caller& caller, const v1::PurgeQueueRequest& request, Answer<v1::PurgeQueueResponse> answer) {
        context_.engine().Purge(caller, {model::ResourceKind::kQueue, request.name()},
                                [answer = std::move(answer)](Result<std::uint64_t> messages) {
                                  if (!messages.ok()) return answer(std::move(messages).error());
                                  v1::PurgeQueueResponse response;
                                  response.set_messages(*messages);
                                  answer(std::move(response));
                                });
      });
}

}  // namespace broker::native
