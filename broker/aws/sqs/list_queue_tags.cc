#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/tags.h"

namespace broker::aws::sqs {
namespace {

struct ListQueueTagsAction {
  static constexpr std::string_view kName = "ListQueueTags";
  struct Input {
    std::string url;
  };
  struct Output {
    Labels tags;
  };

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
    if (!queue) return RefuseMissing(backend, *about, std::move(done));
    WhenDurable(backend, [out = Output{queue->settings.notes.labels}, done = std::move(done)] { done(out); });
  }

  const Backend& backend;
};

void Read(Fields& f, ListQueueTagsAction::Input& in) { f.Required("QueueUrl", in.url); }

void Write(Writer& w, const ListQueueTagsAction::Output& out) {
  w.TextMap({{"Tags", "Tag"}, "Key", "Value"}, out.tags);
}

}  // namespace

std::unique_ptr<const Action> ListQueueTags(const Backend& backend) { return MakeAction(ListQueueTagsAction{backend}); }

}  // namespace broker::aws::sqs
