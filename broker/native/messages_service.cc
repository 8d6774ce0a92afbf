#include "broker/native/messages_service.h"

#include <utility>
#include <vector>

#include "broker/native/admin_call.h"
#include "broker/native/consume_stream.h"
#include "broker/native/message_codec.h"
#include "broker/native/publish_call.h"
#include "broker/native/publish_stream.h"
#include "broker/native/receive_call.h"
#include "broker/native/request_codec.h"
#include "broker/native/settle_call.h"

namespace broker::native {
namespace {

// Calls that are ready to be met at one moment; each that is met arms the next, so this bounds nothing.
constexpr int kArmedUnary = 32;
constexpr int kArmedStreams = 4;

using google::protobuf::Empty;

}  // namespace

void MessagesService::Arm() {
  for (int i = 0; i < kArmedUnary; ++i) {
    PublishCall::Arm(context_, *this);
    ReceiveCall::Arm(context_, *this);
    ArmAck(context_, *this);
    ArmNack(context_, *this);
    ArmExtend(context_, *this);
  }
  for (int i = 0; i < kArmedStreams; ++i) {
    PublishStream::Arm(context_, *this);
    ConsumeStream::Arm(context_, *this);
  }
  ArmAdmin<v1::PeekRequest, v1::PeekResponse>(
      context_, *this, &MessagesService::RequestPeek,
      [this](const engine::Caller& caller, const v1::PeekRequest& request, Answer<v1::PeekResponse> answer) {
        auto peek = ToPeek(request);
        if (!peek.ok()) return answer(std::move(peek).error());
        context_.engine().Peek(caller, *std::move(peek),
                               [answer = std::move(answer)](Result<engine::ListPage<engine::PeekedMessage>> page) {
                                 if (!page.ok()) return answer(std::move(page).error());
                                 v1::PeekResponse response;
                                 for (const auto& peeked : page->items) ToProto(peeked, response.add_messages());
                                 response.set_next_page_token(page->next_page_token);
                                 answer(std::move(response));
                               });
      });
  ArmAdmin<v1::ListConsumersRequest, v1::ListConsumersResponse>(
      context_, *this, &MessagesService::RequestListConsumers,
      [this](const engine::Caller& caller, const v1::ListConsumersRequest& request,
             Answer<v1::ListConsumersResponse> answer) {
        auto source = model::Target::Parse("source", request.source());
        if (!source.ok()) return answer(std::move(source).error());
        context_.engine().ListConsumers(
            caller, *std::move(source),
            [answer = std::move(answer)](Result<std::vector<engine::ConsumerInfo>> consumers) {
              if (!consumers.ok()) return answer(std::move(consumers).error());
              v1::ListConsumersResponse response;
              for (const auto& consumer : *consumers) ToProto(consumer, response.add_consumers());
              answer(std::move(response));
            });
      });
  ArmAdmin<v1::CancelDelayedRequest, Empty>(
      context_, *this, &MessagesService::RequestCancelDelayed,
      [this](const engine::Caller& caller, const v1::CancelDelayedRequest& request, Answer<Empty> answer) {
        auto source = model::Target::Parse("source", request.source());
        if (!source.ok()) return answer(std::move(source).error());
        auto id = ToMessageId(request.id());
        if (!id.ok()) return answer(std::move(id).error());
        context_.engine().CancelDelayed(caller, *std::move(source), *id, ThenEmpty(std::move(answer)));
      });
}

}  // namespace broker::native
