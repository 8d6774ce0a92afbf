#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/change_queue.h"
#include "broker/aws/sqs/policy.h"
#include "broker/aws/sqs/queue_notes.h"

namespace broker::aws::sqs {
namespace {

struct AddPermissionAction {
  static constexpr std::string_view kName = "AddPermission";
  struct Input {
    std::string url;
    Permission permission;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto change = [&](const QueueCall& about, model::QueueSettings& settings) -> Result<void, Refusal> {
      auto policy = AddPermissionTo(Note(settings, "Policy"), in.permission, about.identity.QueueArn(about.queue));
      if (!policy.ok()) return std::move(policy).error();
      SetNote(settings, "Policy", *std::move(policy));
      return {};
    };
    ChangeQueue(backend, *call, in.url, change, std::move(done));
  }

  const Backend& backend;
};

void Read(Fields& f, AddPermissionAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Required("Label", in.permission.label);
  f.List({"AWSAccountIds", "AWSAccountId"}, in.permission.accounts);
  f.List({"Actions", "ActionName"}, in.permission.actions);
}

}  // namespace

std::unique_ptr<const Action> AddPermission(const Backend& backend) { return MakeAction(AddPermissionAction{backend}); }

}  // namespace broker::aws::sqs
