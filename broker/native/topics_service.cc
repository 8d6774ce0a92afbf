#include "broker/native/topics_service.h"

#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/info_codec.h"
#include "broker/native/request_codec.h"
#include "broker/native/settings_codec.h"

namespace broker::native {

using engine::Caller;
using google::protobuf::Empty;

grpc::ServerUnaryReactor* TopicsService::Create(grpc::CallbackServerContext* rpc, const grpc::ByteBuffer* bytes,
                                                grpc::ByteBuffer* out) {
  const auto serve = [this](const Caller& caller, const v1::CreateTopicRequest& request, Answer<v1::Topic> answer) {
    auto settings = ToSettings(request.topic());
    if (!settings.ok()) return answer(std::move(settings).error());
    context_.engine().CreateTopic(caller, request.topic().name(), *settings,
                                  Then<engine::TopicInfo>(std::move(answer), "topic."));
  };
  return ServeAdmin<v1::CreateTopicRequest, v1::Topic>(context_, rpc, bytes, out, serve);
}

grpc::ServerUnaryReactor* TopicsService::Get(grpc::CallbackServerContext* rpc, const grpc::ByteBuffer* bytes,
                                             grpc::ByteBuffer* out) {
  const auto serve = [this](const Caller& caller, const v1::GetTopicRequest& request,
                            Answer<v1::TopicDescription> answer) {
    context_.engine().DescribeTopic(caller, request.name(), Then<engine::TopicDescription>(std::move(answer)));
  };
  return ServeAdmin<v1::GetTopicRequest, v1::TopicDescription>(context_, rpc, bytes, out, serve);
}

grpc::ServerUnaryReactor* TopicsService::List(grpc::CallbackServerContext* rpc, const grpc::ByteBuffer* bytes,
                                              grpc::ByteBuffer* out) {
  const auto serve = [this](const Caller& caller, const v1::ListTopicsRequest& request,
                            Answer<v1::ListTopicsResponse> answer) {
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
  };
  return ServeAdmin<v1::ListTopicsRequest, v1::ListTopicsResponse>(context_, rpc, bytes, out, serve);
}

grpc::ServerUnaryReactor* TopicsService::Update(grpc::CallbackServerContext* rpc, const grpc::ByteBuffer* bytes,
                                                grpc::ByteBuffer* out) {
  const auto serve = [this](const Caller& caller, const v1::UpdateTopicRequest& request, Answer<v1::Topic> answer) {
    auto patch = ToPatch(request);
    if (!patch.ok()) return answer(std::move(patch).error());
    context_.engine().UpdateTopic(caller, request.topic().name(), *std::move(patch),
                                  Then<engine::TopicInfo>(std::move(answer), "topic."));
  };
  return ServeAdmin<v1::UpdateTopicRequest, v1::Topic>(context_, rpc, bytes, out, serve);
}

grpc::ServerUnaryReactor* TopicsService::Delete(grpc::CallbackServerContext* rpc, const grpc::ByteBuffer* bytes,
                                                grpc::ByteBuffer* out) {
  const auto serve = [this](const Caller& caller, const v1::DeleteTopicRequest& request, Answer<Empty> answer) {
    context_.engine().DeleteTopic(caller, request.name(), request.force(), ThenEmpty(std::move(answer)));
  };
  return ServeAdmin<v1::DeleteTopicRequest, Empty>(context_, rpc, bytes, out, serve);
}

}  // namespace broker::native
