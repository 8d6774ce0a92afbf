#include <fmt/format.h>

#include <string>
#include <utility>

#include "broker/aws/arn.h"
#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws::sqs {
namespace {

struct GetQueueUrlAction {
  static constexpr std::string_view kName = "GetQueueUrl";
  struct Input {
    std::string name;
    std::optional<std::string> owner;  // an account
  };
  struct Output {
    std::string url;
  };

  static Identity Owner(const Call& call, const Input& in) { return call.identity().In(in.owner.value_or(""), ""); }

  Access Needs(const Call& call, const Input& in) const {
    return {"sqs:GetQueueUrl", Owner(call, in).QueueArn(in.name)};
  }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    // Another would come back in a URL that leads nowhere.
    if (in.owner && !in.owner->empty() && !IsAccount(*in.owner)) {
      return done(Refuse(CommonFault::kInvalidAddress,
                         fmt::format("The account id {} is not valid: it has 12 digits.", Shown(*in.owner))));
    }
    const Identity owner = Owner(*call, in);
    auto answer = backend.engine.LookUpQueue(backend.CallerOf(owner), in.name)
                      ? Result<Output, Refusal>(Output{owner.QueueUrl(in.name)})
                      : Result<Output, Refusal>(RefuseNoSuchQueue(call->form()));
    WhenDurable(backend, [answer = std::move(answer), done = std::move(done)] { done(answer); });
  }

  const Backend& backend;
};

void Read(Fields& f, GetQueueUrlAction::Input& in) {
  f.Required("QueueName", in.name);
  f.Optional("QueueOwnerAWSAccountId", in.owner);
}

void Write(Writer& w, const GetQueueUrlAction::Output& out) { w.Text("QueueUrl", std::string_view(out.url)); }

}  // namespace

std::unique_ptr<const Action> GetQueueUrl(const Backend& backend) { return MakeAction(GetQueueUrlAction{backend}); }

}  // namespace broker::aws::sqs
