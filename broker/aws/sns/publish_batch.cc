#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/aws/message_id.h"
#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/publish_input.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

constexpr std::size_t kMaxIdCharacters = 80;

struct EntryInput {
  std::string id;
  MessageInput message;
};
void Read(Fields& f, EntryInput& in) {
  f.Required("Id", in.id);
  Read(f, in.message);
}

bool IsEntryId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdCharacters && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// What refuses the whole batch.
Result<void, Refusal> CheckBatch(const std::vector<EntryInput>& entries, const PublishRules& rules) {
  if (entries.empty()) {
    return Refuse(SnsFault::kEmptyBatchRequest, "The batch request doesn't contain any entries.");
  }
  if (entries.size() > rules.max_batch_entries) {
    return Refuse(SnsFault::kTooManyEntriesInBatchRequest,
                  fmt::format("The batch request contains more entries than permissible: {}; at most {}.",
                              entries.size(), rules.max_batch_entries));
  }
  std::set<std::string_view> ids;
  for (const EntryInput& entry : entries) {
    if (!IsEntryId(entry.id)) {
      return Refuse(SnsFault::kInvalidBatchEntryId,
                    "The Id of a batch entry in a batch request doesn't abide by the specification.");
    }
    if (!ids.insert(entry.id).second) {
      return Refuse(SnsFault::kBatchEntryIdsNotDistinct, "Two or more batch entries in the request have the same Id.");
    }
  }
  return {};
}

struct PublishBatchAction {
  static constexpr std::string_view kName = "PublishBatch";
  struct Input {
    std::string arn;
    std::vector<EntryInput> entries;
  };
  // Of one entry: published, or refused.
  struct Outcome {
    std::string id;
    std::string message_id;
    std::optional<std::string> sequence_number;
    std::optional<Refusal> refusal;
  };
  struct Output {
    std::vector<Outcome> outcomes;
  };

  Access Needs(const Call&, const Input& in) const { return {"sns:Publish", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(topic.error());
    const auto now = backend.engine.LookUpTopic(topic->caller, topic->name);
    if (!now) return done(NoSuchTopic());
    const auto rules = PublishRules::Of(topic->name, now->settings, backend.strict);
    if (auto checked = CheckBatch(in.entries, rules); !checked.ok()) return done(std::move(checked).error());
    if (auto checked = CheckMessages(in.entries, rules); !checked.ok()) return done(std::move(checked).error());

    engine::PublishRequest request;
    request.target = {model::ResourceKind::kTopic, topic->name};
    Output out;
    std::vector<std::size_t> places;  // in `out`, of what is published
    for (EntryInput& each : in.entries) {
      auto entry = ToEntry(std::move(each.message), rules);
      Outcome outcome{std::move(each.id), {}, std::nullopt, std::nullopt};
      if (entry.ok()) {
        places.push_back(out.outcomes.size());
        request.entries.push_back(*std::move(entry));
      } else {
        outcome.refusal = std::move(entry).error();
      }
      out.outcomes.push_back(std::move(outcome));
    }
    if (places.empty()) return done(std::move(out));
    backend.engine.Publish(topic->caller, std::move(request),
                           [folder_id = backend.folder_id, fifo = rules.fifo, places, out = std::move(out),
                            done = std::move(done)](Result<engine::PublishResponse> response) mutable {
                             if (!response.ok()) return done(ToSnsRefusal(response.error()));
                             for (std::size_t i = 0; i < places.size(); ++i) {
                               Outcome& outcome = out.outcomes[places[i]];
                               const Result<engine::Published>& published = response->results[i];
                               if (!published.ok()) {
                                 outcome.refusal = ToSnsRefusal(published.error());
                                 continue;
                               }
                               outcome.message_id = MessageUuid(folder_id, published->id);
                               if (fifo) outcome.sequence_number = SequenceNumber(published->id.sequence);
                             }
                             done(std::move(out));
                           });
  }

  static Result<void, Refusal> CheckMessages(const std::vector<EntryInput>& entries, const PublishRules& rules) {
    std::uint64_t bytes = 0;
    for (const EntryInput& entry : entries) {
      bytes += SizeBytes(entry.message);
      if (auto checked = CheckIds(entry.message, rules); !checked.ok()) return checked;
    }
    if (bytes <= rules.max_batch_bytes) return {};
    return Refuse(
        SnsFault::kBatchRequestTooLong,
        fmt::format("The length of all the messages put together is more than the limit: {} bytes; at most {}.", bytes,
                    rules.max_batch_bytes));
  }

  const Backend& backend;
};

void Read(Fields& f, PublishBatchAction::Input& in) {
  f.Required("TopicArn", in.arn);
  f.List("PublishBatchRequestEntries", in.entries);
}

void Write(Writer& w, const PublishBatchAction::Output& out) {
  std::vector<const PublishBatchAction::Outcome*> published, refused;
  for (const auto& outcome : out.outcomes) (outcome.refusal ? refused : published).push_back(&outcome);
  w.List("Successful", published, [](Writer& each, const auto* outcome) {
    each.Text("Id", std::string_view(outcome->id));
    each.Text("MessageId", std::string_view(outcome->message_id));
    each.Text("SequenceNumber", outcome->sequence_number);
  });
  w.List("Failed", refused, [](Writer& each, const auto* outcome) {
    each.Text("Id", std::string_view(outcome->id));
    each.Text("Code", outcome->refusal->fault.code);
    each.Text("Message", std::string_view(outcome->refusal->message));
    each.Boolean("SenderFault", outcome->refusal->fault.sender);
  });
}

}  // namespace

std::unique_ptr<const Action> PublishBatch(const Backend& backend) { return MakeAction(PublishBatchAction{backend}); }

}  // namespace broker::aws::sns
