#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/aws/sqs/tags.h"

namespace broker::aws::sqs {
namespace {

struct TagQueueAction {
  static constexpr std::string_view kName = "TagQueue";
  struct Input {
    std::string url;
    Texts tags;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    if (in.tags.empty()) return done(Missing("Tags"));
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
    if (!queue) return RefuseMissing(backend, *about, std::move(done));
    Labels labels = queue->settings.notes.labels;
    if (auto refusal = AddTags(in.tags, about->queue, LimitsOf(backend), labels)) return done(*std::move(refusal));
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

void Read(Fields& f, TagQueueAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Map({{"Tags", "Tag"}, "Key", "Value"}, in.tags);
}

}  // namespace

std::unique_ptr<const Action> TagQueue(const Backend& backend) { return MakeAction(TagQueueAction{backend}); }

}  // namespace broker::aws::sqs
