#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/change_queue.h"
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
    const auto change = [&](const QueueCall& about, model::QueueSettings& settings) -> Result<void, Refusal> {
      Labels& labels = settings.notes.labels;
      if (auto refusal = AddTags(in.tags, about.queue, LimitsOf(backend), labels)) return *std::move(refusal);
      return {};
    };
    ChangeQueue(backend, *call, in.url, change, std::move(done));
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
