#include <string>
#include <utility>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

// Nobody is sent a token yet, so none is right.
struct ConfirmSubscriptionAction {
  static constexpr std::string_view kName = "ConfirmSubscription";
  struct Input {
    std::string arn;
    std::string token;
  };
  using Output = None;

  Access Needs(const Call&, const Input& in) const { return {"sns:ConfirmSubscription", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(topic.error());
    if (!backend.engine.LookUpTopic(topic->caller, topic->name)) return done(NoSuchTopic());
    done(Refuse(SnsFault::kInvalidParameter, "Invalid parameter: Token"));
  }

  const Backend& backend;
};

void Read(Fields& f, ConfirmSubscriptionAction::Input& in) {
  f.Required("TopicArn", in.arn);
  f.Required("Token", in.token);
}

}  // namespace

std::unique_ptr<const Action> ConfirmSubscription(const Backend& backend) {
  return MakeAction(ConfirmSubscriptionAction{backend});
}

}  // namespace broker::aws::sns
