#include <optional>
#include <string>
#include <utility>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/topic_attributes.h"

namespace broker::aws::sns {
namespace {

struct SetTopicAttributesAction {
  static constexpr std::string_view kName = "SetTopicAttributes";
  struct Input {
    std::string arn;
    std::string name;
    std::optional<std::string> value;
  };
  using Output = None;

  Access Needs(const Call&, const Input& in) const { return {"sns:SetTopicAttributes", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(topic.error());
    const auto change = [&](model::TopicSettings& settings) {
      return SetAttribute(AttributesOf::kOne, topic->name, in.name, in.value.value_or(""), settings);
    };
    ChangeTopic(backend, *topic, change, Then(std::move(done)));
  }

  const Backend& backend;
};

void Read(Fields& f, SetTopicAttributesAction::Input& in) {
  f.Required("TopicArn", in.arn);
  f.Required("AttributeName", in.name);
  f.Optional("AttributeValue", in.value);
}

}  // namespace

std::unique_ptr<const Action> SetTopicAttributes(const Backend& backend) {
  return MakeAction(SetTopicAttributesAction{backend});
}

}  // namespace broker::aws::sns
