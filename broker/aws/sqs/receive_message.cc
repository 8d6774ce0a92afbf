#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/queue_notes.h"
#include "broker/aws/sqs/received_message.h"
#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {
namespace {

using std::chrono::seconds;

struct ReceiveMessageAction {
  static constexpr std::string_view kName = "ReceiveMessage";
  struct Input {
    std::string url;
    std::vector<std::string> names;  // of system attributes; two members mean the same
    std::vector<std::string> system_names;
    std::vector<std::string> attribute_names;
    std::optional<std::int64_t> most;
    std::optional<std::int64_t> visibility_seconds;
    std::optional<std::int64_t> wait_seconds;
    std::optional<std::string> attempt_id;
  };
  struct Output {
    std::vector<engine::Delivery> deliveries;
    ReceiveView view;
  };

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const;
  // Answers with what was received; what cannot be shown goes to the dead letters.
  void Answer(const std::shared_ptr<Call>& call, const QueueCall& about, std::vector<engine::Delivery> deliveries,
              Output output, const Done<Output>& done) const;

  const Backend& backend;
};

std::optional<Refusal> Check(const ReceiveMessageAction::Input& in, bool fifo, const Limits& limits) {
  const auto within = [](std::string_view parameter, const std::optional<std::int64_t>& value, Range range) {
    return value && !IsWithin(*value, range) ? std::optional(OutOfRange(parameter, *value, range)) : std::nullopt;
  };
  if (in.most && !IsWithin(*in.most, limits.receive_messages)) {
    return InvalidValue("MaxNumberOfMessages", std::to_string(*in.most),
                        fmt::format("Must be between {} and {}, if provided.", limits.receive_messages.least,
                                    limits.receive_messages.most));
  }
  if (auto refusal = within("VisibilityTimeout", in.visibility_seconds, limits.visibility_seconds)) return refusal;
  if (auto refusal = within("WaitTimeSeconds", in.wait_seconds, limits.wait_seconds)) return refusal;
  for (const auto* names : {&in.names, &in.system_names}) {
    if (auto refusal = CheckSystemNames(*names)) return refusal;
  }
  if (!in.attempt_id) return std::nullopt;
  if (!fifo) return NotOfThisQueue("ReceiveRequestAttemptId", *in.attempt_id);
  return CheckToken("ReceiveRequestAttemptId", in.attempt_id);
}

void ReceiveMessageAction::Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
  auto about = CallAbout(backend, *call, in.url);
  if (!about.ok()) return done(std::move(about).error());
  const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
  if (!queue) return RefuseMissing(backend, *about, std::move(done));
  const Limits& limits = LimitsOf(backend);
  const bool fifo = queue->settings.delivery.ordered;
  if (auto refusal = Check(in, fifo, limits)) return done(*std::move(refusal));

  Output output;
  output.view = {.system_names = std::move(in.names),
                 .attribute_names = std::move(in.attribute_names),
                 .identity = about->identity,
                 .folder_id = backend.folder_id,
                 .envelopes = backend.envelopes,
                 .fifo = fifo,
                 .by_content = queue->settings.deduplication.by_content};
  auto& names = output.view.system_names;
  names.insert(names.end(), in.system_names.begin(), in.system_names.end());

  engine::ReceiveRequest request{.source = about->target()};
  request.max_bytes = limits.receive_bytes;
  request.max_messages = static_cast<std::uint32_t>(in.most.value_or(1));
  request.wait = seconds(in.wait_seconds.value_or(DefaultWaitSeconds(queue->settings, limits)));
  if (in.visibility_seconds) request.visibility_timeout = seconds(*in.visibility_seconds);
  request.attempt_id = in.attempt_id.value_or("");
  const bool says_full = !fifo && request.wait == Nanos{0};
  const engine::WaiterId waiter = backend.engine.Receive(
      about->caller, std::move(request),
      [this, call, about = *about, says_full, output = std::move(output),
       done = std::move(done)](Result<engine::ReceiveResponse> answer) mutable {
        if (!answer.ok() && answer.error().code == ErrorCode::kCancelled) return done(std::move(output));
        if (!answer.ok()) return done(ToSqsRefusal(answer.error(), about.form));
        if (answer->deliveries.empty() && says_full) {
          const auto now = backend.engine.LookUpQueue(about.caller, about.queue);
          if (now && now->leased >= kMaxInFlight) {
            return done(Refuse(SqsFault::kOverLimit,
                               fmt::format("Too many messages in flight in queue {}: {}, the most there can be.",
                                           Shown(about.queue), now->leased)));
          }
        }
        Answer(call, about, std::move(answer->deliveries), std::move(output), done);
      });
  call->OnEnd([this, waiter] { backend.engine.CancelReceive(waiter); });
}

void ReceiveMessageAction::Answer(const std::shared_ptr<Call>& call, const QueueCall& about,
                                  std::vector<engine::Delivery> deliveries, Output output,
                                  const Done<Output>& done) const {
  const auto queue = backend.engine.LookUpQueue(about.caller, about.queue);
  // Without a place for dead letters it is handed out all the same: nothing may be lost.
  const bool can_refuse = queue && queue->settings.delivery.redrive;
  std::vector<engine::NackEntry> refused;
  const std::size_t own_most = queue ? MaxMessageBytes(queue->settings, LimitsOf(backend)) : 0;
  std::vector<std::string> held_back;  // behind one of the same group that is refused, or beyond what one answer has
  // What was received is bounded as it is stored, not as it is shown.
  std::size_t room = LimitsOf(backend).receive_bytes;
  std::size_t most = 0;
  for (const engine::Delivery& delivery : deliveries) most += MostRenderedBytes(delivery, output.view);
  const bool may_be_full = most > room;
  bool full = false;
  std::set<std::string> stopped;  // groups of a FIFO queue
  std::vector<std::string> receipts;
  for (engine::Delivery& delivery : deliveries) {
    const std::string& group = delivery.message->content.ordering_key;
    if (full || stopped.contains(group)) {
      held_back.push_back(std::move(delivery.receipt));
    } else if (auto why =
                   can_refuse ? WhyNotCarried(delivery, output.view, own_most, LimitsOf(backend)) : std::nullopt) {
      if (output.view.fifo && !group.empty()) stopped.insert(group);
      refused.push_back({.receipt = std::move(delivery.receipt), .reason = *std::move(why), .last = true});
    } else if (const std::size_t bytes = may_be_full ? RenderedBytes(delivery, output.view) : 0;
               bytes > room && !output.deliveries.empty()) {
      full = true;
      held_back.push_back(std::move(delivery.receipt));
    } else {
      room -= std::min(room, bytes);
      receipts.push_back(delivery.receipt);
      output.deliveries.push_back(std::move(delivery));
    }
  }
  if (!held_back.empty()) {
    backend.engine.Release(about.caller, about.target(), std::move(held_back), false, [](const Status&) {});
  }
  if (!refused.empty()) {
    backend.engine.Nack(about.caller, about.target(), std::move(refused), [](const Result<engine::SettleResponse>&) {});
  }
  if (!receipts.empty()) {
    call->OnLost([this, about, receipts = std::move(receipts)] {
      backend.engine.Release(about.caller, about.target(), receipts, false, [](const Status&) {});
    });
  }
  done(std::move(output));
}

void Read(Fields& f, ReceiveMessageAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.List({"AttributeNames", "AttributeName"}, in.names);
  f.List({"MessageSystemAttributeNames", "MessageSystemAttributeName"}, in.system_names);
  f.List({"MessageAttributeNames", "MessageAttributeName"}, in.attribute_names);
  f.Optional("MaxNumberOfMessages", in.most);
  f.Optional("VisibilityTimeout", in.visibility_seconds);
  f.Optional("WaitTimeSeconds", in.wait_seconds);
  f.Optional("ReceiveRequestAttemptId", in.attempt_id);
}

void Write(Writer& w, const ReceiveMessageAction::Output& out) {
  w.List({"Messages", "Message"}, out.deliveries,
         [&out](Writer& each, const engine::Delivery& delivery) { WriteMessage(each, delivery, out.view); });
}

}  // namespace

std::unique_ptr<const Action> ReceiveMessage(const Backend& backend) {
  return MakeAction(ReceiveMessageAction{backend});
}

}  // namespace broker::aws::sqs
