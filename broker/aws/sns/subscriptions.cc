#include "broker/aws/sns/subscriptions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/sns/delivery_policy.h"

namespace broker::aws::sns {
std::string SubscriptionView::Arn(const TopicPlace& topic) const { return fmt::format("{}:{}", topic.arn(), id); }

SubscriptionView ViewOf(const engine::SubscriptionInfo& info, const Identity& identity) {
  return {info.name,
          "sqs",
          identity.QueueArn(*info.settings.queue),
          false,
          SubscriptionAttributes::Of(info.settings, identity),
          Annotation(info.settings.notes, "ReplayTask")};
}

SubscriptionView ViewOf(const PendingSubscription& pending) {
  return {pending.id, pending.protocol, pending.endpoint, true, pending.attributes, {}};
}

std::vector<SubscriptionView> SubscriptionsOf(const engine::Engine& engine, const TopicPlace& topic) {
  std::vector<SubscriptionView> views;
  for (const engine::SubscriptionInfo& info : engine.LookUpSubscriptions(topic.caller, topic.name)) {
    if (info.settings.queue) views.push_back(ViewOf(info, topic.identity));
  }
  if (const auto now = engine.LookUpTopic(topic.caller, topic.name)) {
    for (const PendingSubscription& pending : PendingOf(now->settings)) views.push_back(ViewOf(pending));
  }
  std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return views;
}

std::optional<SubscriptionView> FindSubscription(const engine::Engine& engine, const SubscriptionPlace& place) {
  if (const auto info = engine.LookUpSubscription(place.topic.caller, place.id)) {
    if (info->settings.queue && info->settings.topic == place.topic.name) return ViewOf(*info, place.topic.identity);
  }
  if (const auto now = engine.LookUpTopic(place.topic.caller, place.topic.name)) {
    for (const PendingSubscription& pending : PendingOf(now->settings)) {
      if (pending.id == place.id) return ViewOf(pending);
    }
  }
  return std::nullopt;
}

SubscriptionCounts Count(const std::vector<SubscriptionView>& subscriptions) {
  const auto pending = static_cast<std::size_t>(
      std::count_if(subscriptions.begin(), subscriptions.end(), [](const auto& each) { return each.pending; }));
  return {subscriptions.size() - pending, pending};
}

Texts AttributesOfSubscription(const SubscriptionView& subscription, const TopicPlace& topic,
                               const model::TopicSettings& settings) {
  std::map<std::string, std::string> all(subscription.attributes.all().begin(), subscription.attributes.all().end());
  all["SubscriptionArn"] = subscription.Arn(topic);
  all["TopicArn"] = topic.arn();
  all["Owner"] = topic.identity.account;
  all["Protocol"] = subscription.protocol;
  all["Endpoint"] = subscription.endpoint;
  all["PendingConfirmation"] = subscription.pending ? "true" : "false";
  all["ConfirmationWasAuthenticated"] = subscription.pending ? "false" : "true";
  all["SubscriptionPrincipal"] = fmt::format("arn:aws:iam::{}:root", topic.identity.account);
  all.try_emplace("RawMessageDelivery", "false");
  if (all.contains("FilterPolicy")) {
    all.try_emplace("FilterPolicyScope", "MessageAttributes");
  } else {
    all.erase("FilterPolicyScope");
  }
  if (subscription.protocol.starts_with("http")) {
    all["EffectiveDeliveryPolicy"] = EffectiveDeliveryPolicy(Annotation(settings.notes, "DeliveryPolicy"),
                                                             subscription.attributes.Get("DeliveryPolicy"));
  }
  return {all.begin(), all.end()};
}

ListedSubscription Listed(const SubscriptionView& subscription, const TopicPlace& topic) {
  return {subscription.pending ? "PendingConfirmation" : subscription.Arn(topic), topic.identity.account,
          subscription.protocol, subscription.endpoint, topic.arn()};
}

void WriteListed(Writer& w, const std::vector<ListedSubscription>& subscriptions) {
  w.List("Subscriptions", subscriptions, [](Writer& each, const ListedSubscription& listed) {
    each.Text("SubscriptionArn", std::string_view(listed.arn));
    each.Text("Owner", std::string_view(listed.owner));
    each.Text("Protocol", std::string_view(listed.protocol));
    each.Text("Endpoint", std::string_view(listed.endpoint));
    each.Text("TopicArn", std::string_view(listed.topic_arn));
  });
}

}  // namespace broker::aws::sns
