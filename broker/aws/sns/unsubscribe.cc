#include <string>
#include <utility>
#include <vector>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/pending.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/subscriptions.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct UnsubscribeAction {
  static constexpr std::string_view kName = "Unsubscribe";
  struct Input {
    std::string arn;
  };
  using Output = None;

  Access Needs(const Call&, const Input& in) const { return {"sns:Unsubscribe", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto place = SubscriptionAt(backend, *call, in.arn);
    if (!place.ok()) return done(place.error());
    const auto found = FindSubscription(backend.engine, *place);
    if (!found) {
      // Already done.
      return WhenDurable(backend, place->topic, [done = std::move(done)] { done(None{}); });
    }
    if (found->pending) return Forget(*place, std::move(done));
    backend.engine.DeleteSubscription(place->topic.caller, place->id, [done = std::move(done)](const Status& deleted) {
      if (!deleted.ok()) return done(ToSnsRefusal(deleted.error()));
      done(None{});
    });
  }

  void Forget(const SubscriptionPlace& place, Done<None> done) const {
    const auto change = [&](model::TopicSettings& settings) -> Result<void, Refusal> {
      auto pending = PendingOf(settings);
      std::erase_if(pending, [&](const PendingSubscription& each) { return each.id == place.id; });
      SetPending(pending, settings);
      return {};
    };
    ChangeTopic(backend, place.topic, change, Then(std::move(done)));
  }

  const Backend& backend;
};

void Read(Fields& f, UnsubscribeAction::Input& in) { f.Required("SubscriptionArn", in.arn); }

}  // namespace

std::unique_ptr<const Action> Unsubscribe(const Backend& backend) { return MakeAction(UnsubscribeAction{backend}); }

}  // namespace broker::aws::sns
