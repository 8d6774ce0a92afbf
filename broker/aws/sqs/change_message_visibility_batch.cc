#include <optional>
#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/settle.h"

namespace broker::aws::sqs {
namespace {

constexpr std::string_view kShape = "ChangeMessageVisibilityBatchRequestEntry";

struct ChangeMessageVisibilityBatchAction {
  static constexpr std::string_view kName = "ChangeMessageVisibilityBatch";
  struct Entry {
    std::string id;
    std::string receipt;
    std::optional<std::int64_t> visibility_seconds;
  };
  struct Input {
    std::string url;
    std::vector<Entry> entries;
  };
  struct Output {
    Settled settled;
  };

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue("ChangeMessageVisibility", call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    if (auto refusal = CheckBatch(in.entries, kShape, LimitsOf(backend))) return done(*std::move(refusal));
    Settled settled;
    std::vector<Entry> entries;
    std::vector<engine::ExtendEntry> extends;
    for (std::size_t i = 0; i < in.entries.size(); ++i) {
      Entry& entry = in.entries[i];
      auto refusal = entry.visibility_seconds ? CheckVisibility(*entry.visibility_seconds, LimitsOf(backend))
                                              : MissingInEntry(kShape, i, "VisibilityTimeout");
      if (refusal) {
        settled.failed.push_back({std::move(entry.id), *std::move(refusal)});
        continue;
      }
      extends.push_back(ToExtend(entry.receipt, *entry.visibility_seconds, LimitsOf(backend)));
      entries.push_back(std::move(entry));
    }
    if (extends.empty()) return done(Output{std::move(settled)});
    backend.engine.Extend(about->caller, about->target(), std::move(extends),
                          [entries = std::move(entries), settled = std::move(settled), form = about->form,
                           done = std::move(done)](Result<engine::SettleResponse> answer) mutable {
                            if (!answer.ok()) return done(ToSqsRefusal(answer.error(), form));
                            Sort(Settling::kChangeVisibility, *answer, entries, form, settled);
                            done(Output{std::move(settled)});
                          });
  }

  const Backend& backend;
};

void Read(Fields& f, ChangeMessageVisibilityBatchAction::Entry& in) {
  f.Required("Id", in.id);
  f.Required("ReceiptHandle", in.receipt);
  f.Optional("VisibilityTimeout", in.visibility_seconds);
}

void Read(Fields& f, ChangeMessageVisibilityBatchAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.List({"Entries", "ChangeMessageVisibilityBatchRequestEntry"}, in.entries);
}

void Write(Writer& w, const ChangeMessageVisibilityBatchAction::Output& out) {
  WriteSettled(w, "ChangeMessageVisibilityBatchResultEntry", out.settled);
}

}  // namespace

std::unique_ptr<const Action> ChangeMessageVisibilityBatch(const Backend& backend) {
  return MakeAction(ChangeMessageVisibilityBatchAction{backend});
}

}  // namespace broker::aws::sqs
