#include <string>
#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/topic_attributes.h"

namespace broker::aws::sns {
namespace {

struct GetDataProtectionPolicyAction {
  static constexpr std::string_view kName = "GetDataProtectionPolicy";
  struct Input {
    std::string arn;
  };
  struct Output {
    std::string policy;
  };

  Access Needs(const Call&, const Input& in) const { return {"sns:GetDataProtectionPolicy", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto topic = TopicAt(backend, *call, in.arn, "ResourceArn");
    if (!topic.ok()) return done(topic.error());
    const auto now = backend.engine.LookUpTopic(topic->caller, topic->name);
    if (!now) return done(NoSuchTopic());
    Output out{Annotation(now->settings.notes, "DataProtectionPolicy")};
    WhenDurable(backend, *topic, [out = std::move(out), done = std::move(done)] { done(out); });
  }

  const Backend& backend;
};

void Read(Fields& f, GetDataProtectionPolicyAction::Input& in) { f.Required("ResourceArn", in.arn); }
void Write(Writer& w, const GetDataProtectionPolicyAction::Output& out) {
  w.Text("DataProtectionPolicy", std::string_view(out.policy));
}

}  // namespace

std::unique_ptr<const Action> GetDataProtectionPolicy(const Backend& backend) {
  return MakeAction(GetDataProtectionPolicyAction{backend});
}

}  // namespace broker::aws::sns
