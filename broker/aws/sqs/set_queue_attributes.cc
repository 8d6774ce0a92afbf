#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/change_queue.h"
#include "broker/aws/sqs/queue_notes.h"
#include "broker/aws/sqs/queue_settings.h"
#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {
namespace {

struct SetQueueAttributesAction {
  static constexpr std::string_view kName = "SetQueueAttributes";
  struct Input {
    std::string url;
    Texts attributes;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    if (in.attributes.empty()) return done(Missing("Attribute.Name"));
    const auto change = [&](const QueueCall& about, model::QueueSettings& settings) -> Result<void, Refusal> {
      QueueDraft draft{{about.identity, backend.resolve_namespace}, LimitsOf(backend), false, settings};
      if (auto refusal = SetAttributes(in.attributes, draft)) return *std::move(refusal);
      if (auto refusal = CheckDeadLetterQueue(backend, in.attributes, draft)) return *std::move(refusal);
      const auto now = std::chrono::duration_cast<std::chrono::seconds>(backend.clock.Wall().time_since_epoch());
      SetNote(draft.settings, "LastModifiedTimestamp", std::to_string(now.count()));
      settings = std::move(draft.settings);
      return {};
    };
    ChangeQueue(backend, *call, in.url, change, std::move(done), in.attributes);
  }

  const Backend& backend;
};

void Read(Fields& f, SetQueueAttributesAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Map({{"Attributes", "Attribute"}, "Name", "Value"}, in.attributes);
}

}  // namespace

std::unique_ptr<const Action> SetQueueAttributes(const Backend& backend) {
  return MakeAction(SetQueueAttributesAction{backend});
}

}  // namespace broker::aws::sqs
