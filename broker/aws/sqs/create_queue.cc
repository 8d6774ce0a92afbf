#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_call.h"
#include "broker/aws/sqs/queue_settings.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/aws/sqs/tags.h"

namespace broker::aws::sqs {
namespace {

constexpr std::string_view kFifoSuffix = ".fifo";
constexpr std::size_t kMaxNameBytes = 80;

struct CreateQueueAction {
  static constexpr std::string_view kName = "CreateQueue";
  struct Input {
    std::string name;
    Texts attributes;
    Texts tags;
  };
  struct Output {
    std::string url;
  };

  Access Needs(const Call& call, const Input& in) const {
    return {"sqs:CreateQueue", call.identity().QueueArn(in.name)};
  }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const;
  // When there is a queue of that name: it is the answer if it is as was asked for.
  Result<Output, Refusal> AnswerExisting(const Call& call, const Input& in) const;

  const Backend& backend;
  std::shared_ptr<Recent> deleted;  // shared with DeleteQueue
};

bool AsksForFifo(const Texts& attributes) {
  return std::any_of(attributes.begin(), attributes.end(),
                     [](const auto& each) { return each.first == "FifoQueue" && each.second == "true"; });
}

std::optional<Refusal> CheckName(std::string_view name, bool fifo) {
  const bool suffixed = name.ends_with(kFifoSuffix);
  std::string_view stem = name;
  if (fifo && suffixed) stem.remove_suffix(kFifoSuffix.size());
  const bool plain = std::all_of(stem.begin(), stem.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
  if (plain && !stem.empty() && name.size() <= kMaxNameBytes && fifo == suffixed) return std::nullopt;
  return Refuse(
      SqsFault::kInvalidParameterValue,
      fifo ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
             "with .fifo suffix and be 1 to 80 in length."
           : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
}

void CreateQueueAction::Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
  const Limits& limits = LimitsOf(backend);
  const bool fifo = AsksForFifo(in.attributes);
  if (limits.names) {
    if (auto refusal = CheckName(in.name, fifo)) return done(*std::move(refusal));
  }
  QueueDraft draft{{call->identity(), backend.resolve_namespace}, limits, true, {}};
  draft.settings.delivery.ordered = fifo;
  draft.settings.delivery.exactly_once = fifo;
  if (auto refusal = SetAttributes(in.attributes, draft)) return done(*std::move(refusal));
  if (auto refusal = AddTags(in.tags, in.name, limits, draft.settings.notes.labels)) return done(*std::move(refusal));
  if (auto refusal = CheckDeadLetterQueue(backend, in.attributes, draft)) return done(*std::move(refusal));
  const engine::Caller caller = backend.CallerOf(call->identity());
  if (!backend.engine.LookUpQueue(caller, in.name) && deleted->IsWithin(caller, in.name, limits.after_delete)) {
    return done(
        Refuse(SqsFault::kQueueDeletedRecently,
               "You must wait 60 seconds after deleting a queue before you can create another with the same name."));
  }
  std::string name = in.name;
  backend.engine.CreateQueue(
      caller, std::move(name), std::move(draft.settings),
      [this, call, in = std::move(in), done = std::move(done)](const Result<engine::QueueInfo>& created) {
        if (created.ok()) return done(Output{call->identity().QueueUrl(in.name)});
        if (created.error().code == ErrorCode::kAlreadyExists) return done(AnswerExisting(*call, in));
        done(RefuseSettings(created.error(), in.attributes, call->form()));
      });
}

Result<CreateQueueAction::Output, Refusal> CreateQueueAction::AnswerExisting(const Call& call, const Input& in) const {
  const auto queue = backend.engine.LookUpQueue(backend.CallerOf(call.identity()), in.name);
  if (!queue) return Refuse(CommonFault::kServiceUnavailable, "The queue was deleted meanwhile; try again.");
  const Limits& limits = LimitsOf(backend);
  QueueDraft draft{{call.identity(), backend.resolve_namespace}, limits, true, queue->settings};
  if (AsksForFifo(in.attributes)) draft.settings.delivery.ordered = true;
  if (auto refusal = SetAttributes(in.attributes, draft)) return *std::move(refusal);
  const QueueView view{call.identity(), limits, in.name, queue->settings};
  const auto different = FirstDifference(in.attributes, view, draft);
  if (!different) return Output{call.identity().QueueUrl(in.name)};
  return Refuse(
      SqsFault::kQueueNameExists,
      fmt::format("A queue already exists with the same name and a different value for attribute {}", *different));
}

void Read(Fields& f, CreateQueueAction::Input& in) {
  f.Required("QueueName", in.name);
  f.Map({{"Attributes", "Attribute"}, "Name", "Value"}, in.attributes);
  f.Map({{"tags", "Tag"}, "Key", "Value"}, in.tags);
}

void Write(Writer& w, const CreateQueueAction::Output& out) { w.Text("QueueUrl", std::string_view(out.url)); }

}  // namespace

std::unique_ptr<const Action> CreateQueue(const Backend& backend, std::shared_ptr<Recent> deleted) {
  return MakeAction(CreateQueueAction{backend, std::move(deleted)});
}

}  // namespace broker::aws::sqs
