#include <string>
#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/permissions.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/topic_attributes.h"

namespace broker::aws::sns {
namespace {

struct RemovePermissionAction {
  static constexpr std::string_view kName = "RemovePermission";
  struct Input {
    std::string arn;
    std::string label;
  };
  using Output = None;

  Access Needs(const Call&, const Input& in) const { return {"sns:RemovePermission", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(topic.error());
    const auto change = [&](model::TopicSettings& settings) -> Result<void, Refusal> {
      std::string policy = Annotation(settings.notes, "Policy");
      if (policy.empty()) policy = DefaultPolicy(topic->arn(), topic->identity.account);
      auto changed = WithoutPermission(policy, in.label);
      if (!changed.ok()) return std::move(changed).error();
      SetAnnotation(settings.notes, "Policy", *std::move(changed));
      return {};
    };
    ChangeTopic(backend, *topic, change, Then(std::move(done)));
  }

  const Backend& backend;
};

void Read(Fields& f, RemovePermissionAction::Input& in) {
  f.Required("TopicArn", in.arn);
  f.Required("Label", in.label);
}

}  // namespace

std::unique_ptr<const Action> RemovePermission(const Backend& backend) {
  return MakeAction(RemovePermissionAction{backend});
}

}  // namespace broker::aws::sns
