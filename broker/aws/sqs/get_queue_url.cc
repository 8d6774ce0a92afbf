#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs_fault.h"

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
    const Identity owner = Owner(*call, in);
    backend.engine.DescribeQueue(
        backend.CallerOf(owner), in.name,
        [call, owner, name = in.name, done = std::move(done)](Result<engine::QueueDescription> found) {
          if (!found.ok()) return done(ToSqsRefusal(found.error(), call->form()));
          done(Output{owner.QueueUrl(name)});
        });
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
