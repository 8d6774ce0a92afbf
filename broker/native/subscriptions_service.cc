#include "broker/native/subscriptions_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/info_codec.h"
#include "broker/native/replay_codec.h"
#include "broker/native/request_codec.h"
#include "broker/native/settings_codec.h"

namespace broker::native {

using engine::Caller;
using google::protobuf::Empty;

void SubscriptionsService::Change(const Caller& caller, const v1::UpdateSubscriptionRequest& request, bool into_queue,
                                  Answer<v1::Subscription> answer) {
  auto patch = ToPatch(request, into_queue);
  if (!patch.ok()) return answer(std::move(patch).error());
  context_.engine().UpdateSubscription(caller, request.subscription().name(), *std::move(patch),
                                       Then<engine::SubscriptionInfo>(std::move(answer), "subscription."));
}

void SubscriptionsService::Arm() {
  ArmAdmin<v1::CreateSubscriptionRequest, v1::Subscription>(
      context_, *this, &SubscriptionsService::RequestCreate,
      [this](const Caller& caller, const v1::CreateSubscriptionRequest& request, Answer<v1::Subscription> answer) {
        auto settings = ToSettings(request.subscription());
        if (!settings.ok()) return answer(std::move(settings).error());
        auto start = ToStart(request.start());
        if (!start.ok()) return answer(std::move(start).error());
        context_.engine().CreateSubscription(caller, request.subscription().name(), *std::move(settings), *start,
                                             Then<engine::SubscriptionInfo>(std::move(answer), "subscription."));
      });
  ArmAdmin<v1::GetSubscriptionRequest, v1::SubscriptionDescription>(
      context_, *this, &SubscriptionsService::RequestGet,
      [this](const Caller& caller, const v1::GetSubscriptionRequest& request,
             Answer<v1::SubscriptionDescription> answer) {
        context_.engine().DescribeSubscription(caller, request.name(),
                                               Then<engine::SubscriptionDescription>(std::move(answer)));
      });
  ArmAdmin<v1::ListSubscriptionsRequest, v1::ListSubscriptionsResponse>(
      context_, *this, &SubscriptionsService::RequestList,
      [this](const Caller& caller, const v1::ListSubscriptionsRequest& request,
             Answer<v1::ListSubscriptionsResponse> answer) {
        auto list = ToList(request.prefix(), request.page_size(), request.page_token());
        if (!list.ok()) return answer(std::move(list).error());
        std::optional<std::string> topic;
        if (!request.topic().empty()) topic = request.topic();
        context_.engine().ListSubscriptions(
            caller, *std::move(list), std::move(topic),
            [answer = std::move(answer)](Result<engine::ListPage<engine::SubscriptionInfo>> page) {
              if (!page.ok()) return answer(std::move(page).error());
              v1::ListSubscriptionsResponse response;
              for (const auto& info : page->items) ToProto(info, response.add_subscriptions());
              response.set_next_page_token(page->next_page_token);
              answer(std::move(response));
            });
      });
  ArmAdmin<v1::UpdateSubscriptionRequest, v1::Subscription>(
      context_, *this, &SubscriptionsService::RequestUpdate,
      [this](const Caller& caller, const v1::UpdateSubscriptionRequest& request, Answer<v1::Subscription> answer) {
        const auto& paths = request.update_mask().paths();
        const auto names = [&paths](std::string_view path) {
          return std::find(paths.begin(), paths.end(), path) != paths.end();
        };
        if (!names("paused") && !names("dead_letter")) {
          return Change(caller, request, /*into_queue=*/false, std::move(answer));
        }
        // What these mean depends on the kind of subscription, which an update need not say.
        context_.engine().DescribeSubscription(
            caller, request.subscription().name(),
            [this, caller, request, answer = std::move(answer)](Result<engine::SubscriptionDescription> now) {
              if (!now.ok()) return answer(InRequest(std::move(now).error(), "subscription."));
              Change(caller, request, now->info.settings.queue.has_value(), answer);
            });
      });
  ArmAdmin<v1::DeleteSubscriptionRequest, Empty>(
      context_, *this, &SubscriptionsService::RequestDelete,
      [this](const Caller& caller, const v1::DeleteSubscriptionRequest& request, Answer<Empty> answer) {
        context_.engine().DeleteSubscription(caller, request.name(), ThenEmpty(std::move(answer)));
      });
  ArmAdmin<v1::PurgeSubscriptionRequest, v1::PurgeSubscriptionResponse>(
      context_, *this, &SubscriptionsService::RequestPurge,
      [this](const Caller& caller, const v1::PurgeSubscriptionRequest& request,
             Answer<v1::PurgeSubscriptionResponse> answer) {
        context_.engine().Purge(caller, {model::ResourceKind::kSubscription, request.name()},
                                [answer = std::move(answer)](Result<std::uint64_t> messages) {
                                  if (!messages.ok()) return answer(std::move(messages).error());
                                  v1::PurgeSubscriptionResponse response;
                                  response.set_messages(*messages);
                                  answer(std::move(response));
                                });
      });
  ArmAdmin<v1::SeekRequest, v1::SubscriptionDescription>(
      context_, *this, &SubscriptionsService::RequestSeek,
      [this](const Caller& caller, const v1::SeekRequest& request, Answer<v1::SubscriptionDescription> answer) {
        auto to = ToSeek(request);
        if (!to.ok()) return answer(std::move(to).error());
        context_.engine().Seek(caller, request.name(), *std::move(to),
                               Then<engine::SubscriptionDescription>(std::move(answer)));
      });
}

}  // namespace broker::native
