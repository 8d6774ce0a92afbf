#include <string>
#include <utility>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/subscriptions.h"
#include "broker/aws/sns/topic_attributes.h"

namespace broker::aws::sns {
namespace {

struct GetTopicAttributesAction {
  static constexpr std::string_view kName = "GetTopicAttributes";
  struct Input {
    std::string arn;
  };
  struct Output {
    Texts attributes;
  };

  Access Needs(const Call&, const Input& in) const { return {"sns:GetTopicAttributes", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(topic.error());
    const auto now = backend.engine.LookUpTopic(topic->caller, topic->name);
    if (!now) return done(NoSuchTopic());
    const engine::TopicInfo info{topic->name, now->settings, now->created};
    const auto counts = Count(SubscriptionsOf(backend.engine, *topic));
    Output out{AttributesOfTopic(info, counts, topic->identity, backend.clock.Wall())};
    WhenDurable(backend, *topic, [out = std::move(out), done = std::move(done)] { done(out); });
  }

  const Backend& backend;
};

void Read(Fields& f, GetTopicAttributesAction::Input& in) { f.Required("TopicArn", in.arn); }
void Write(Writer& w, const GetTopicAttributesAction::Output& out) {
  w.TextMap({"Attributes", "key", "value"}, out.attributes);
}

}  // namespace

std::unique_ptr<const Action> GetTopicAttributes(const Backend& backend) {
  return MakeAction(GetTopicAttributesAction{backend});
}

}  // namespace broker::aws::sns
