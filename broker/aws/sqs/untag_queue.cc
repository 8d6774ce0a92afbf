#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/change_queue.h"
#include "broker/aws/sqs/refusals.h"

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
    const auto change = [&](const QueueCall&, model::QueueSettings& settings) -> Result<void, Refusal> {
      for (const std::string& key : in.keys) settings.notes.labels.erase(key);
      return {};
    };
    ChangeQueue(backend, *call, in.url, change, std::move(done));
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
