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
    backend.engine.DescribeQueue(
        about->caller, about->queue,
        [form = about->form, done = std::move(done)](const Result<engine::QueueDescription>& queue) {
          if (!queue.ok()) return done(ToSqsRefusal(queue.error(), form));
          done(Output{queue->info.settings.notes.labels});
        });
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
