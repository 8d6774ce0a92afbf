#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/settle.h"

namespace broker::aws::sqs {
namespace {

struct ChangeMessageVisibilityAction {
  static constexpr std::string_view kName = "ChangeMessageVisibility";
  struct Input {
    std::string url;
    std::string receipt;
    std::int64_t visibility_seconds = 0;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    if (auto refusal = CheckVisibility(in.visibility_seconds, LimitsOf(backend))) return done(*std::move(refusal));
    backend.engine.Extend(
        about->caller, about->target(), {ToExtend(in.receipt, in.visibility_seconds, LimitsOf(backend))},
        [receipt = in.receipt, form = about->form, done = std::move(done)](Result<engine::SettleResponse> answer) {
          if (!answer.ok()) return done(ToSqsRefusal(answer.error(), form));
          if (auto refusal = WhyNot(Settling::kChangeVisibility, *answer, 0, receipt, form))
            return done(*std::move(refusal));
          done(None{});
        });
  }

  const Backend& backend;
};

void Read(Fields& f, ChangeMessageVisibilityAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Required("ReceiptHandle", in.receipt);
  f.Required("VisibilityTimeout", in.visibility_seconds);
}

}  // namespace

std::unique_ptr<const Action> ChangeMessageVisibility(const Backend& backend) {
  return MakeAction(ChangeMessageVisibilityAction{backend});
}

}  // namespace broker::aws::sqs
