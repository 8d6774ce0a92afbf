#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/change_queue.h"
#include "broker/aws/sqs/policy.h"
#include "broker/aws/sqs/queue_notes.h"

namespace broker::aws::sqs {
namespace {

struct RemovePermissionAction {
  static constexpr std::string_view kName = "RemovePermission";
  struct Input {
    std::string url;
    std::string label;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto change = [&](const QueueCall&, model::QueueSettings& settings) -> Result<void, Refusal> {
      auto policy = RemovePermissionFrom(Note(settings, "Policy"), in.label);
      if (!policy.ok()) return std::move(policy).error();
      SetNote(settings, "Policy", *std::move(policy));
      return {};
    };
    ChangeQueue(backend, *call, in.url, change, std::move(done));
  }

  const Backend& backend;
};

void Read(Fields& f, RemovePermissionAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Required("Label", in.label);
}

}  // namespace

std::unique_ptr<const Action> RemovePermission(const Backend& backend) {
  return MakeAction(RemovePermissionAction{backend});
}

}  // namespace broker::aws::sqs
