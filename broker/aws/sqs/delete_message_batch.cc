#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/settle.h"

namespace broker::aws::sqs {
namespace {

struct DeleteMessageBatchAction {
  static constexpr std::string_view kName = "DeleteMessageBatch";
  struct Entry {
    std::string id;
    std::string receipt;
  };
  struct Input {
    std::string url;
    std::vector<Entry> entries;
  };
  struct Output {
    Settled settled;
  };

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue("DeleteMessage", call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    if (auto refusal = CheckBatch(in.entries, "DeleteMessageBatchRequestEntry", LimitsOf(backend)))
      return done(*std::move(refusal));
    std::vector<std::string> receipts;
    for (const Entry& entry : in.entries) receipts.push_back(entry.receipt);
    backend.engine.Ack(about->caller, about->target(), std::move(receipts),
                       [entries = std::move(in.entries), form = about->form,
                        done = std::move(done)](Result<engine::SettleResponse> answer) {
                         if (!answer.ok()) return done(ToSqsRefusal(answer.error(), form));
                         Settled settled;
                         Sort(Settling::kDelete, *answer, entries, form, settled);
                         done(Output{std::move(settled)});
                       });
  }

  const Backend& backend;
};

void Read(Fields& f, DeleteMessageBatchAction::Entry& in) {
  f.Required("Id", in.id);
  f.Required("ReceiptHandle", in.receipt);
}

void Read(Fields& f, DeleteMessageBatchAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.List({"Entries", "DeleteMessageBatchRequestEntry"}, in.entries);
}

void Write(Writer& w, const DeleteMessageBatchAction::Output& out) {
  WriteSettled(w, "DeleteMessageBatchResultEntry", out.settled);
}

}  // namespace

std::unique_ptr<const Action> DeleteMessageBatch(const Backend& backend) {
  return MakeAction(DeleteMessageBatchAction{backend});
}

}  // namespace broker::aws::sqs
