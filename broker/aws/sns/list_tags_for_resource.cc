#include <string>
#include <utility>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/tags.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct ListTagsForResourceAction {
  static constexpr std::string_view kName = "ListTagsForResource";
  struct Input {
    std::string arn;
  };
  struct Output {
    Labels labels;
  };

  Access Needs(const Call&, const Input& in) const { return {"sns:ListTagsForResource", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto topic = TopicAt(backend, *call, in.arn, "ResourceArn");
    if (!topic.ok()) return done(topic.error());
    const auto now = backend.engine.LookUpTopic(topic->caller, topic->name);
    if (!now) return done(Refuse(SnsFault::kResourceNotFound, "Resource does not exist"));
    Output out{now->settings.notes.labels};
    WhenDurable(backend, *topic, [out = std::move(out), done = std::move(done)] { done(out); });
  }

  const Backend& backend;
};

void Read(Fields& f, ListTagsForResourceAction::Input& in) { f.Required("ResourceArn", in.arn); }
void Write(Writer& w, const ListTagsForResourceAction::Output& out) { WriteTags(w, out.labels); }

}  // namespace

std::unique_ptr<const Action> ListTagsForResource(const Backend& backend) {
  return MakeAction(ListTagsForResourceAction{backend});
}

}  // namespace broker::aws::sns
