#include <string>
#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/topic_attributes.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct DeleteTopicAction {
  static constexpr std::string_view kName = "DeleteTopic";
  struct Input {
    std::string arn;
  };
  using Output = None;

  Access Needs(const Call&, const Input& in) const { return {"sns:DeleteTopic", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(topic.error());
    const auto now = backend.engine.LookUpTopic(topic->caller, topic->name);
    if (now && !Annotation(now->settings.notes, "ArchivePolicy").empty()) {
      return WhenDurable(backend, *topic, [done = std::move(done)] {
        done(Refuse(
            SnsFault::kInvalidState,
            "Invalid state: the topic has an ArchivePolicy, by which its messages are kept; set it to {} first"));
      });
    }
    // The real service knows no topic that others dead-letter to: it asks nobody.
    constexpr bool kForce = true;
    backend.engine.DeleteTopic(topic->caller, topic->name, kForce, [done = std::move(done)](const Status& deleted) {
      if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) return done(ToSnsRefusal(deleted.error()));
      done(None{});
    });
  }

  const Backend& backend;
};

void Read(Fields& f, DeleteTopicAction::Input& in) { f.Required("TopicArn", in.arn); }

}  // namespace

std::unique_ptr<const Action> DeleteTopic(const Backend& backend) { return MakeAction(DeleteTopicAction{backend}); }

}  // namespace broker::aws::sns
