#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/settle.h"

namespace broker::aws::sqs {
namespace {

struct DeleteMessageAction {
  static constexpr std::string_view kName = "DeleteMessage";
  struct Input {
    std::string url;
    std::string receipt;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    backend.engine.Ack(
        about->caller, about->target(), {in.receipt},
        [receipt = in.receipt, form = about->form, done = std::move(done)](Result<engine::SettleResponse> answer) {
          if (!answer.ok()) return done(ToSqsRefusal(answer.error(), form));
          if (auto refusal = WhyNot(Settling::kDelete, *answer, 0, receipt, form)) return done(*std::move(refusal));
          done(None{});
        });
  }

  const Backend& backend;
};

void Read(Fields& f, DeleteMessageAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Required("ReceiptHandle", in.receipt);
}

}  // namespace

std::unique_ptr<const Action> DeleteMessage(const Backend& backend) { return MakeAction(DeleteMessageAction{backend}); }

}  // namespace broker::aws::sqs
