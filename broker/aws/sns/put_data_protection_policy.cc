#include <string>
#include <utility>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/topic_attributes.h"

namespace broker::aws::sns {
namespace {

struct PutDataProtectionPolicyAction {
  static constexpr std::string_view kName = "PutDataProtectionPolicy";
  struct Input {
    std::string arn;
    std::string policy;
  };
  using Output = None;

  Access Needs(const Call&, const Input& in) const { return {"sns:PutDataProtectionPolicy", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto topic = TopicAt(backend, *call, in.arn, "ResourceArn");
    if (!topic.ok()) return done(topic.error());
    const auto change = [&](model::TopicSettings& settings) {
      return SetAttribute(AttributesOf::kOne, topic->name, "DataProtectionPolicy", in.policy, settings);
    };
    ChangeTopic(backend, *topic, change, Then(std::move(done)));
  }

  const Backend& backend;
};

void Read(Fields& f, PutDataProtectionPolicyAction::Input& in) {
  f.Required("ResourceArn", in.arn);
  f.Required("DataProtectionPolicy", in.policy);
}

}  // namespace

std::unique_ptr<const Action> PutDataProtectionPolicy(const Backend& backend) {
  return MakeAction(PutDataProtectionPolicyAction{backend});
}

}  // namespace broker::aws::sns
