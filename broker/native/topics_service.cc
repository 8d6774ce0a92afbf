#include "broker/native/topics_service.h"

#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/info_codec.h"
#include "broker/native/replay_codec.h"
#include "broker/native/request_codec.h"
#include "broker/native/settings_codec.h"

namespace broker::native {

using engine::Caller;
using google::protobuf::Empty;

void TopicsService::Arm() {
  ArmAdmin<v1::CreateTopicRequest, v1::Topic>(
      context_, *this, &TopicsService::RequestCreate,
      [this](const Caller& caller, const v1::CreateTopicRequest& request, Answer<v1::Topic> answer) {
        auto settings = ToSettings(request.topic());
        if (!settings.ok()) return answer(std::move(settings).error());
        context_.engine().CreateTopic(caller, request.topic().name(), *settings,
                                      Then<engine::TopicInfo>(std::move(answer), "topic."));
      });
  ArmAdmin<v1::GetTopicRequest, v1::TopicDescription>(
      context_, *this, &TopicsService::RequestGet,
      [this](const Caller& caller, const v1::GetTopicRequest& request, Answer<v1::TopicDescription> answer) {
        context_.engine().DescribeTopic(caller, request.name(), Then<engine::TopicDescription>(std::move(answer)));
      });
  ArmAdmin<v1::ListTopicsRequest, v1::ListTopicsResponse>(
      context_, *this, &TopicsService::RequestList,
      [this](const Caller& caller, const v1::ListTopicsRequest& request, Answer<v1::ListTopicsResponse> answer) {
        auto list = ToList(request.prefix(), request.page_size(), request.page_token());
        if (!list.ok()) return answer(std::move(list).error());
        context_.engine().ListTopics(caller, *std::move(list),
                                     [answer = std::move(answer)](Result<engine::ListPage<engine::TopicInfo>> page) {
                                       if (!page.ok()) return answer(std::move(page).error());
                                       v1::ListTopicsResponse response;
                                       for (const auto& info : page->items) ToProto(info, response.add_topics());
                                       response.set_next_page_token(page->next_page_token);
                                       answer(std::move(response));
                                     });
      });
  ArmAdmin<v1::UpdateTopicRequest, v1::Topic>(
      context_, *this, &TopicsService::RequestUpdate,
      [this](const Caller& caller, const v1::UpdateTopicRequest& request, Answer<v1::Topic> answer) {
        auto patch = ToPatch(request);
        if (!patch.ok()) return answer(std::move(patch).error());
        context_.engine().UpdateTopic(caller, request.topic().name(), *std::move(patch),
                                      Then<engine::TopicInfo>(std::move(answer), "topic."));
      });
  ArmAdmin<v1::DeleteTopicRequest, Empty>(
      context_, *this, &TopicsService::RequestDelete,
      [this](const Caller& caller, const v1::DeleteTopicRequest& request, Answer<Empty> answer) {
        context_.engine().DeleteTopic(caller, request.name(), request.force(), ThenEmpty(std::move(answer)));
      });
  ArmAdmin<v1::ReplayRequest, v1::Task>(
      context_, *this, &TopicsService::RequestReplay,
      [this](const Caller& caller, const v1::ReplayRequest& request, Answer<v1::Task> answer) {
        auto replay = ToReplay(request);
        if (!replay.ok()) return answer(std::move(replay).error());
        context_.engine().Replay(caller, *std::move(replay), Then<engine::TaskInfo>(std::move(answer)));
      });
}

}  // namespace broker::native
