#include <fmt/format.h>

#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/batch.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/send_entry.h"

namespace broker::aws::sqs {
namespace {

constexpr std::string_view kShape = "SendMessageBatchRequestEntry";

struct SendMessageBatchAction {
  static constexpr std::string_view kName = "SendMessageBatch";
  struct Input {
    std::string url;
    std::vector<SendEntry> entries;
  };
  struct Output {
    std::vector<std::pair<std::string, Sent>> sent;
    std::vector<BatchFailure> failed;
  };

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue("SendMessage", call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const;

  const Backend& backend;
};

bool HasNoBody(const SendEntry& entry) { return entry.publish.content.body.empty(); }

// What refuses the batch as a whole.
std::optional<Refusal> CheckWhole(const std::vector<SendEntry>& entries, const model::QueueSettings& queue,
                                  const Limits& limits) {
  if (auto refusal = CheckBatch(entries, kShape, limits)) return refusal;
  std::size_t bytes = 0;
  for (const SendEntry& entry : entries) bytes += entry.size_bytes;
  if (bytes > limits.batch_bytes) {
    return Refuse(SqsFault::kBatchRequestTooLong,
                  fmt::format("Batch requests cannot be longer than {} bytes. You have sent {} "
                              "bytes.",
                              limits.batch_bytes, bytes));
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const SendEntry& entry = entries[i];
    if (queue.delivery.ordered && HasNoBody(entry)) return MissingInEntry(kShape, i, "MessageBody");
    if (auto refusal = CheckOrder(entry, queue)) {
      return Refuse(SqsFault::kInvalidParameterValue, std::move(refusal->message));
    }
  }
  return std::nullopt;
}

void SendMessageBatchAction::Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
  auto about = CallAbout(backend, *call, in.url);
  if (!about.ok()) return done(std::move(about).error());
  const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
  if (!queue) return RefuseMissing(backend, *about, std::move(done));
  const Limits& limits = LimitsOf(backend);
  if (auto refusal = CheckWhole(in.entries, queue->settings, limits)) return done(*std::move(refusal));

  Output output;
  engine::PublishRequest request{.target = about->target()};
  std::vector<SendEntry> entries;  // of the request, without what it carries
  for (std::size_t i = 0; i < in.entries.size(); ++i) {
    SendEntry& entry = in.entries[i];
    auto refusal =
        HasNoBody(entry) ? MissingInEntry(kShape, i, "MessageBody") : CheckEntry(entry, queue->settings, limits);
    if (refusal) {
      output.failed.push_back({std::move(entry.id), *std::move(refusal)});
      continue;
    }
    request.entries.push_back(std::exchange(entry.publish, {}));
    entries.push_back(std::move(entry));
  }
  if (entries.empty()) return done(std::move(output));
  backend.engine.Publish(about->caller, std::move(request),
                         [entries = std::move(entries), output = std::move(output),
                          fifo = queue->settings.delivery.ordered, form = about->form, folder = backend.folder_id,
                          done = std::move(done)](Result<engine::PublishResponse> answer) mutable {
                           if (!answer.ok()) return done(ToSqsRefusal(answer.error(), form));
                           for (std::size_t i = 0; i < entries.size(); ++i) {
                             const Result<engine::Published>& published = answer->results[i];
                             if (published.ok()) {
                               output.sent.emplace_back(entries[i].id, Tell(entries[i], *published, fifo, folder));
                             } else {
                               output.failed.push_back({entries[i].id, ToSqsRefusal(published.error(), form)});
                             }
                           }
                           done(std::move(output));
                         });
}

void Read(Fields& f, SendMessageBatchAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.List({"Entries", "SendMessageBatchRequestEntry"}, in.entries);
}

void Write(Writer& w, const SendMessageBatchAction::Output& out) {
  w.List({"Successful", "SendMessageBatchResultEntry"}, out.sent,
         [](Writer& each, const std::pair<std::string, Sent>& sent) {
           each.Text("Id", std::string_view(sent.first));
           WriteSent(each, sent.second);
         });
  WriteFailures(w, out.failed);
}

}  // namespace

std::unique_ptr<const Action> SendMessageBatch(const Backend& backend) {
  return MakeAction(SendMessageBatchAction{backend});
}

}  // namespace broker::aws::sqs
