#include <string>
#include <utility>
#include <vector>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct UntagResourceAction {
  static constexpr std::string_view kName = "UntagResource";
  struct Input {
    std::string arn;
    std::vector<std::string> keys;
  };
  struct Output {};

  Access Needs(const Call&, const Input& in) const { return {"sns:UntagResource", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto topic = TopicAt(backend, *call, in.arn, "ResourceArn");
    if (!topic.ok()) return done(topic.error());
    const auto change = [&](model::TopicSettings& settings) -> Result<void, Refusal> {
      for (const std::string& key : in.keys) settings.notes.labels.erase(key);
      return {};
    };
    ChangeTopic(backend, *topic, change, Then(std::move(done)),
                Refuse(SnsFault::kResourceNotFound, "Resource does not exist"));
  }

  const Backend& backend;
};

void Read(Fields& f, UntagResourceAction::Input& in) {
  f.Required("ResourceArn", in.arn);
  f.List("TagKeys", in.keys);
}
void Write(Writer&, const UntagResourceAction::Output&) {}

}  // namespace

std::unique_ptr<const Action> UntagResource(const Backend& backend) { return MakeAction(UntagResourceAction{backend}); }

}  // namespace broker::aws::sns
