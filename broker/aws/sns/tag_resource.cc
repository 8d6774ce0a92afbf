#include <string>
#include <utility>
#include <vector>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/tags.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct TagResourceAction {
  static constexpr std::string_view kName = "TagResource";
  struct Input {
    std::string arn;
    std::vector<Tag> tags;
  };
  struct Output {};

  Access Needs(const Call&, const Input& in) const { return {"sns:TagResource", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto topic = TopicAt(backend, *call, in.arn, "ResourceArn");
    if (!topic.ok()) return done(topic.error());
    const auto change = [&](model::TopicSettings& settings) -> Result<void, Refusal> {
      auto labels = WithTags(settings.notes.labels, in.tags);
      if (!labels.ok()) return std::move(labels).error();
      settings.notes.labels = *std::move(labels);
      return {};
    };
    ChangeTopic(backend, *topic, change, Then(std::move(done)),
                Refuse(SnsFault::kResourceNotFound, "Resource does not exist"));
  }

  const Backend& backend;
};

void Read(Fields& f, TagResourceAction::Input& in) {
  f.Required("ResourceArn", in.arn);
  f.List("Tags", in.tags);
}
void Write(Writer&, const TagResourceAction::Output&) {}

}  // namespace

std::unique_ptr<const Action> TagResource(const Backend& backend) { return MakeAction(TagResourceAction{backend}); }

}  // namespace broker::aws::sns
