#include <fmt/format.h>

#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws::sqs {
namespace {

struct PurgeQueueAction {
  static constexpr std::string_view kName = "PurgeQueue";
  struct Input {
    std::string url;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    if (!backend.engine.LookUpQueue(about->caller, about->queue))
      return RefuseMissing(backend, *about, std::move(done));
    if (purged->IsWithin(about->caller, about->queue, LimitsOf(backend).between_purges)) {
      return done(
          Refuse(SqsFault::kPurgeQueueInProgress,
                 fmt::format("Only one PurgeQueue operation on {} is allowed every 60 seconds.", Shown(about->queue))));
    }
    purged->Note(about->caller, about->queue);
    backend.engine.Purge(about->caller, about->target(),
                         [form = about->form, done = std::move(done)](const Result<std::uint64_t>& count) {
                           if (!count.ok()) return done(ToSqsRefusal(count.error(), form));
                           done(None{});
                         });
  }

  const Backend& backend;
  std::shared_ptr<Recent> purged;
};

void Read(Fields& f, PurgeQueueAction::Input& in) { f.Required("QueueUrl", in.url); }

}  // namespace

std::unique_ptr<const Action> PurgeQueue(const Backend& backend) {
  return MakeAction(PurgeQueueAction{backend, std::make_shared<Recent>(backend.clock)});
}

}  // namespace broker::aws::sqs
