#include <string>
#include <utility>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/replay.h"
#include "broker/aws/sns/subscriptions.h"

namespace broker::aws::sns {
namespace {

struct GetSubscriptionAttributesAction {
  static constexpr std::string_view kName = "GetSubscriptionAttributes";
  struct Input {
    std::string arn;
  };
  struct Output {
    Texts attributes;
  };

  Access Needs(const Call&, const Input& in) const { return {"sns:GetSubscriptionAttributes", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto place = SubscriptionAt(backend, *call, in.arn);
    if (!place.ok()) return done(place.error());
    const auto found = FindSubscription(backend.engine, *place);
    const auto topic = backend.engine.LookUpTopic(place->topic.caller, place->topic.name);
    if (!found || !topic) return done(NoSuchSubscription());
    Output out{AttributesOfSubscription(*found, place->topic, topic->settings)};
    if (found->attributes.Get("ReplayPolicy").empty()) {
      return WhenDurable(backend, place->topic, [out = std::move(out), done = std::move(done)] { done(out); });
    }
    AskReplayStatus(backend, place->topic.caller, found->replay_task,
                    [out = std::move(out), done = std::move(done)](std::string status) mutable {
                      out.attributes.emplace_back("ReplayStatus", std::move(status));
                      done(std::move(out));
                    });
  }

  const Backend& backend;
};

void Read(Fields& f, GetSubscriptionAttributesAction::Input& in) { f.Required("SubscriptionArn", in.arn); }
void Write(Writer& w, const GetSubscriptionAttributesAction::Output& out) {
  w.TextMap({"Attributes", "key", "value"}, out.attributes);
}

}  // namespace

std::unique_ptr<const Action> GetSubscriptionAttributes(const Backend& backend) {
  return MakeAction(GetSubscriptionAttributesAction{backend});
}

}  // namespace broker::aws::sns
