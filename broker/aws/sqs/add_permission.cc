#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/policy.h"
#include "broker/aws/sqs/queue_call.h"
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
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
    if (!queue) return RefuseMissing(backend, *about, std::move(done));
    auto policy =
        AddPermissionTo(Note(queue->settings, "Policy"), in.permission, about->identity.QueueArn(about->queue));
    if (!policy.ok()) return done(std::move(policy).error());
    model::QueueSettings settings = queue->settings;
    SetNote(settings, "Policy", *std::move(policy));
    backend.engine.UpdateQueue(about->caller, about->queue, PatchOf(queue->settings, settings),
                               [form = about->form, done = std::move(done)](const Result<engine::QueueInfo>& updated) {
                                 if (!updated.ok()) return done(ToSqsRefusal(updated.error(), form));
                                 done(None{});
                               });
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
