#include <string>
#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/permissions.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/topic_attributes.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct AddPermissionAction {
  static constexpr std::string_view kName = "AddPermission";
  struct Input {
    std::string arn;
    Permission permission;
  };
  using Output = None;

  Access Needs(const Call&, const Input& in) const { return {"sns:AddPermission", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(topic.error());
    const auto change = [&](model::TopicSettings& settings) -> Result<void, Refusal> {
      std::string policy = Annotation(settings.notes, "Policy");
      if (policy.empty()) policy = DefaultPolicy(topic->arn(), topic->identity.account);
      auto changed = WithPermission(policy, topic->arn(), in.permission);
      if (!changed.ok()) return std::move(changed).error();
      SetAnnotation(settings.notes, "Policy", *std::move(changed));
      return {};
    };
    ChangeTopic(backend, *topic, change, Then(std::move(done)));
  }

  const Backend& backend;
};

void Read(Fields& f, AddPermissionAction::Input& in) {
  f.Required("TopicArn", in.arn);
  f.Required("Label", in.permission.label);
  f.List("AWSAccountId", in.permission.accounts);
  f.List("ActionName", in.permission.actions);
}

}  // namespace

std::unique_ptr<const Action> AddPermission(const Backend& backend) { return MakeAction(AddPermissionAction{backend}); }

}  // namespace broker::aws::sns
