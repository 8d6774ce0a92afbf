#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/policy.h"
#include "broker/aws/sqs/queue_call.h"
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
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
    if (!queue) return RefuseMissing(backend, *about, std::move(done));
    auto policy = RemovePermissionFrom(Note(queue->settings, "Policy"), in.label);
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

void Read(Fields& f, RemovePermissionAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Required("Label", in.label);
}

}  // namespace

std::unique_ptr<const Action> RemovePermission(const Backend& backend) {
  return MakeAction(RemovePermissionAction{backend});
}

}  // namespace broker::aws::sqs
