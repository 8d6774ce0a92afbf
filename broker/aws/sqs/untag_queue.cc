#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/aws/sqs/tags.h"

namespace broker::aws::sqs {
namespace {

struct UntagQueueAction {
  static constexpr std::string_view kName = "UntagQueue";
  struct Input {
    std::string url;
    std::vector<std::string> keys;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    if (in.keys.empty()) return done(Missing("TagKeys"));
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
    if (!queue) return RefuseMissing(backend, *about, std::move(done));
    Labels labels = queue->settings.notes.labels;
    for (const std::string& key : in.keys) labels.erase(key);
    engine::QueuePatch patch;
    patch.notes.labels = std::move(labels);
    backend.engine.UpdateQueue(about->caller, about->queue, std::move(patch),
                               [form = about->form, done = std::move(done)](const Result<engine::QueueInfo>& updated) {
                                 if (!updated.ok()) return done(ToSqsRefusal(updated.error(), form));
                                 done(None{});
                               });
  }

  const Backend& backend;
};

void Read(Fields& f, UntagQueueAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.List({"TagKeys", "TagKey"}, in.keys);
}

}  // namespace

std::unique_ptr<const Action> UntagQueue(const Backend& backend) { return MakeAction(UntagQueueAction{backend}); }

}  // namespace broker::aws::sqs
