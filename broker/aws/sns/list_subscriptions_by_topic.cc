#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/paging.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/subscriptions.h"

namespace broker::aws::sns {
namespace {

struct ListSubscriptionsByTopicAction {
  static constexpr std::string_view kName = "ListSubscriptionsByTopic";
  struct Input {
    std::string arn;
    std::optional<std::string> token;
  };
  struct Output {
    std::vector<ListedSubscription> subscriptions;
    std::optional<std::string> token;
  };

  Access Needs(const Call&, const Input& in) const { return {"sns:ListSubscriptionsByTopic", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(topic.error());
    const auto after = ReadToken(in.token);
    if (!after.ok()) return done(after.error());
    if (!backend.engine.LookUpTopic(topic->caller, topic->name)) return done(NoSuchTopic());
    Output out;
    std::string last;
    for (const SubscriptionView& subscription : SubscriptionsOf(backend.engine, *topic)) {
      if (subscription.id <= *after) continue;
      if (out.subscriptions.size() == kPage) {
        out.token = WriteToken(last);
        break;
      }
      out.subscriptions.push_back(Listed(subscription, *topic));
      last = subscription.id;
    }
    WhenDurable(backend, *topic, [out = std::move(out), done = std::move(done)] { done(out); });
  }

  const Backend& backend;
};

void Read(Fields& f, ListSubscriptionsByTopicAction::Input& in) {
  f.Required("TopicArn", in.arn);
  f.Optional("NextToken", in.token);
}
void Write(Writer& w, const ListSubscriptionsByTopicAction::Output& out) {
  WriteListed(w, out.subscriptions);
  w.Text("NextToken", out.token);
}

}  // namespace

std::unique_ptr<const Action> ListSubscriptionsByTopic(const Backend& backend) {
  return MakeAction(ListSubscriptionsByTopicAction{backend});
}

}  // namespace broker::aws::sns
