#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/tags.h"
#include "broker/aws/sns/topic_attributes.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

constexpr std::size_t kMaxNameCharacters = 256;
constexpr std::string_view kFifoEnd = ".fifo";

bool IsTopicName(std::string_view name) {
  if (name.size() > kMaxNameCharacters) return false;
  if (IsFifo(name)) name.remove_suffix(kFifoEnd.size());
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

struct CreateTopicAction {
  static constexpr std::string_view kName = "CreateTopic";
  struct Input {
    std::string name;
    Texts attributes;
    std::vector<Tag> tags;
    std::optional<std::string> data_protection_policy;
  };
  struct Output {
    std::string arn;
  };

  Access Needs(const Call& call, const Input& in) const {
    return {"sns:CreateTopic", call.identity().TopicArn(in.name)};
  }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    TopicPlace topic{in.name, call->identity(), backend.CallerOf(call->identity())};
    if (auto checked = CheckName(in); !checked.ok()) return done(std::move(checked).error());
    const auto now = backend.engine.LookUpTopic(topic.caller, topic.name);
    model::TopicSettings settings = now ? now->settings : model::TopicSettings();
    if (auto set = SetAll(in, settings); !set.ok()) return done(std::move(set).error());
    if (now) return AnswerExisting(topic, now->settings, settings, std::move(done));
    backend.engine.CreateTopic(topic.caller, topic.name, std::move(settings),
                               [arn = topic.arn(), done = std::move(done)](Result<engine::TopicInfo> created) {
                                 if (!created.ok()) return done(ToSnsRefusal(created.error()));
                                 done(Output{arn});
                               });
  }

  static Result<void, Refusal> CheckName(const Input& in) {
    std::string fifo = "false";
    for (const auto& [name, value] : in.attributes) {
      if (name == "FifoTopic") fifo = value;
    }
    if (fifo != "true" && fifo != "false") {
      return RefuseAttribute(AttributesOf::kRequest, "FifoTopic", "it is true or false");
    }
    if (fifo == "true" && !(IsTopicName(in.name) && IsFifo(in.name))) {
      return Refuse(
          SnsFault::kInvalidParameter,
          "Invalid parameter: Fifo Topic names must end with .fifo and must be made up of only uppercase and "
          "lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters "
          "long.");
    }
    if (!IsTopicName(in.name) || (fifo == "false" && IsFifo(in.name))) {
      return Refuse(SnsFault::kInvalidParameter, "Invalid parameter: Topic Name");
    }
    return {};
  }

  static Result<void, Refusal> SetAll(const Input& in, model::TopicSettings& settings) {
    for (const auto& [name, value] : in.attributes) {
      if (name == "FifoTopic") continue;
      if (auto set = SetAttribute(AttributesOf::kRequest, in.name, name, value, settings); !set.ok()) return set;
    }
    if (in.data_protection_policy) {
      auto set =
          SetAttribute(AttributesOf::kOne, in.name, "DataProtectionPolicy", *in.data_protection_policy, settings);
      if (!set.ok()) return set;
    }
    auto labels = WithTags(settings.notes.labels, in.tags);
    if (!labels.ok()) return std::move(labels).error();
    settings.notes.labels = *std::move(labels);
    return {};
  }

  // The same topic again, if what is asked for changes nothing.
  void AnswerExisting(const TopicPlace& topic, const model::TopicSettings& is, const model::TopicSettings& asked,
                      Done<Output> done) const {
    if (asked.notes.labels != is.notes.labels) {
      return done(Refuse(SnsFault::kInvalidParameter,
                         "Invalid parameter: Tags Reason: Topic already exists with different tags"));
    }
    if (asked != is) {
      return done(Refuse(SnsFault::kInvalidParameter,
                         "Invalid parameter: Attributes Reason: Topic already exists with different attributes"));
    }
    WhenDurable(backend, topic, [arn = topic.arn(), done = std::move(done)] { done(Output{arn}); });
  }

  const Backend& backend;
};

void Read(Fields& f, CreateTopicAction::Input& in) {
  f.Required("Name", in.name);
  f.Map({"Attributes", "key", "value"}, in.attributes);
  f.List("Tags", in.tags);
  f.Optional("DataProtectionPolicy", in.data_protection_policy);
}
void Write(Writer& w, const CreateTopicAction::Output& out) { w.Text("TopicArn", std::string_view(out.arn)); }

}  // namespace

std::unique_ptr<const Action> CreateTopic(const Backend& backend) { return MakeAction(CreateTopicAction{backend}); }

}  // namespace broker::aws::sns
