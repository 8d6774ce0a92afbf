#include <optional>
#include <string>
#include <utility>

#include "broker/aws/message_id.h"
#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/publish_input.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct PublishAction {
  static constexpr std::string_view kName = "Publish";
  struct Input {
    std::optional<std::string> topic_arn;
    std::optional<std::string> target_arn;  // a topic's does as well
    std::optional<std::string> phone_number;
    MessageInput message;
  };
  struct Output {
    std::string message_id;
    std::optional<std::string> sequence_number;
  };

  Access Needs(const Call&, const Input& in) const {
    return {"sns:Publish", in.topic_arn.value_or(in.target_arn.value_or("*"))};
  }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto topic = Target(*call, in);
    if (!topic.ok()) return done(topic.error());
    const auto now = backend.engine.LookUpTopic(topic->caller, topic->name);
    if (!now) return done(NoSuchTopic());
    const auto rules = PublishRules::Of(topic->name, now->settings, backend.strict);
    auto entry = ToEntry(std::move(in.message), rules);
    if (!entry.ok()) return done(std::move(entry).error());
    engine::PublishRequest request;
    request.target = {model::ResourceKind::kTopic, topic->name};
    request.entries.push_back(*std::move(entry));
    backend.engine.Publish(topic->caller, std::move(request),
                           [folder_id = backend.folder_id, fifo = rules.fifo,
                            done = std::move(done)](Result<engine::PublishResponse> response) {
                             if (!response.ok()) return done(ToSnsRefusal(response.error()));
                             const Result<engine::Published>& published = response->results.front();
                             if (!published.ok()) return done(ToSnsRefusal(published.error()));
                             Output out{MessageUuid(folder_id, published->id), std::nullopt};
                             if (fifo) out.sequence_number = SequenceNumber(published->id.sequence);
                             done(std::move(out));
                           });
  }

  Result<TopicPlace, Refusal> Target(const Call& call, const Input& in) const {
    if (in.topic_arn) return TopicAt(backend, call, *in.topic_arn);
    if (in.target_arn) {
      auto topic = TopicAt(backend, call, *in.target_arn, "TargetArn");
      if (topic.ok() && topic->name.starts_with("endpoint/")) {
        return Refuse(SnsFault::kInvalidParameter,
                      "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified");
      }
      return topic;
    }
    if (in.phone_number) {
      return Refuse(SnsFault::kInvalidParameter,
                    "Invalid parameter: PhoneNumber Reason: text messages to phones are not offered");
    }
    return Refuse(SnsFault::kInvalidParameter,
                  "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter");
  }

  const Backend& backend;
};

void Read(Fields& f, PublishAction::Input& in) {
  f.Optional("TopicArn", in.topic_arn);
  f.Optional("TargetArn", in.target_arn);
  f.Optional("PhoneNumber", in.phone_number);
  Read(f, in.message);
}
void Write(Writer& w, const PublishAction::Output& out) {
  w.Text("MessageId", std::string_view(out.message_id));
  w.Text("SequenceNumber", out.sequence_number);
}

}  // namespace

std::unique_ptr<const Action> Publish(const Backend& backend) { return MakeAction(PublishAction{backend}); }

}  // namespace broker::aws::sns
