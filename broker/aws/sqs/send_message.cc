#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/send_entry.h"

namespace broker::aws::sqs {
namespace {

struct SendMessageAction {
  static constexpr std::string_view kName = "SendMessage";
  struct Input {
    std::string url;
    SendEntry entry;
  };
  struct Output {
    Sent sent;
  };

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
    if (!queue) return RefuseMissing(backend, *about, std::move(done));
    if (auto refusal = CheckEntry(in.entry, queue->settings, LimitsOf(backend))) return done(*std::move(refusal));
    if (auto refusal = CheckOrder(in.entry, queue->settings)) return done(*std::move(refusal));
    engine::PublishRequest request{.target = about->target()};
    request.entries.push_back(std::exchange(in.entry.publish, {}));
    backend.engine.Publish(
        about->caller, std::move(request),
        [entry = std::move(in.entry), fifo = queue->settings.delivery.ordered, form = about->form,
         folder = backend.folder_id, done = std::move(done)](Result<engine::PublishResponse> answer) {
          if (!answer.ok()) return done(ToSqsRefusal(answer.error(), form));
          const Result<engine::Published>& published = answer->results.front();
          if (!published.ok()) return done(ToSqsRefusal(published.error(), form));
          done(Output{Tell(entry, *published, fifo, folder)});
        });
  }

  const Backend& backend;
};

void Read(Fields& f, SendMessageAction::Input& in) {
  f.Required("QueueUrl", in.url);
  ReadSendEntry(f, in.entry);
}

void Write(Writer& w, const SendMessageAction::Output& out) { WriteSent(w, out.sent); }

}  // namespace

std::unique_ptr<const Action> SendMessage(const Backend& backend) { return MakeAction(SendMessageAction{backend}); }

}  // namespace broker::aws::sqs
