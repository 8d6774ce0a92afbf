#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"

namespace broker::aws::sqs {
namespace {

struct DeleteQueueAction {
  static constexpr std::string_view kName = "DeleteQueue";
  struct Input {
    std::string url;
  };
  using Output = None;

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    // By force, as the service does it: whoever dead-letters to it or feeds it does not stand in the way.
    backend.engine.DeleteQueue(about->caller, about->queue, true,
                               [deleted = deleted, about = *about, done = std::move(done)](const Status& gone) {
                                 if (!gone.ok()) return done(ToSqsRefusal(gone.error(), about.form));
                                 deleted->Note(about.caller, about.queue);
                                 done(None{});
                               });
  }

  const Backend& backend;
  std::shared_ptr<Recent> deleted;  // shared with CreateQueue
};

void Read(Fields& f, DeleteQueueAction::Input& in) { f.Required("QueueUrl", in.url); }

}  // namespace

std::unique_ptr<const Action> DeleteQueue(const Backend& backend, std::shared_ptr<Recent> deleted) {
  return MakeAction(DeleteQueueAction{backend, std::move(deleted)});
}

}  // namespace broker::aws::sqs
