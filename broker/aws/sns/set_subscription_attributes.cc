#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/aws/annotations.h"
#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/pending.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/redrive_policy.h"
#include "broker/aws/sns/replay.h"
#include "broker/aws/sns/subscriptions.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct SetSubscriptionAttributesAction {
  static constexpr std::string_view kName = "SetSubscriptionAttributes";
  struct Input {
    std::string arn;
    std::string name;
    std::optional<std::string> value;
  };
  using Output = None;

  Access Needs(const Call&, const Input& in) const { return {"sns:SetSubscriptionAttributes", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<None> done) const {
    const auto place = SubscriptionAt(backend, *call, in.arn);
    if (!place.ok()) return done(place.error());
    const auto found = FindSubscription(backend.engine, *place);
    if (!found) return done(NoSuchSubscription());
    SubscriptionAttributes attributes = found->attributes;
    if (auto set = attributes.Set(AttributesOf::kOne, in.name, in.value.value_or("")); !set.ok()) {
      return done(std::move(set).error());
    }
    if (found->pending) return KeepPending(*place, attributes, std::move(done));
    if (in.name == "RedrivePolicy") {
      auto checked = CheckRedriveTarget(backend, place->topic, AttributesOf::kOne, attributes);
      if (!checked.ok()) return done(std::move(checked).error());
    }
    const bool replays = in.name == "ReplayPolicy" && !attributes.Get("ReplayPolicy").empty();
    if (replays) {
      auto checked =
          CheckReplay(attributes, backend.engine.LookUpTopic(place->topic.caller, place->topic.name)->settings,
                      backend.clock.Wall());
      if (!checked.ok()) return done(std::move(checked).error());
    }
    if (in.name != "ReplayPolicy") return Update(*place, attributes, found->replay_task, std::move(done));
    CancelReplay(backend, place->topic.caller, found->replay_task);
    if (!replays) return Update(*place, attributes, {}, std::move(done));
    const auto queue = backend.engine.LookUpSubscription(place->topic.caller, place->id)->settings.queue;
    StartReplay(backend, *place, *queue, attributes, std::nullopt,
                [this, place = *place, attributes, done = std::move(done)](Result<std::string, Refusal> task) {
                  if (!task.ok()) return done(std::move(task).error());
                  Update(place, attributes, *task, done);
                });
  }

  void Update(const SubscriptionPlace& place, const SubscriptionAttributes& attributes, const std::string& replay_task,
              Done<None> done) const {
    const auto is = backend.engine.LookUpSubscription(place.topic.caller, place.id);
    if (!is) return done(NoSuchSubscription());
    model::SubscriptionSettings changed = is->settings;
    attributes.Keep(changed);
    SetAnnotation(changed.notes, "ReplayTask", replay_task);
    engine::SubscriptionPatch patch;
    patch.delivery_format = changed.delivery_format;
    patch.filter = changed.filter;
    if (changed.delivery.redrive != is->settings.delivery.redrive) patch.delivery.redrive = changed.delivery.redrive;
    patch.notes = Difference(is->settings.notes, changed.notes);
    backend.engine.UpdateSubscription(place.topic.caller, place.id, std::move(patch),
                                      [done = std::move(done)](const Result<engine::SubscriptionInfo>& updated) {
                                        if (!updated.ok()) return done(ToSnsRefusal(updated.error()));
                                        done(None{});
                                      });
  }

  void KeepPending(const SubscriptionPlace& place, const SubscriptionAttributes& attributes, Done<None> done) const {
    const auto change = [&](model::TopicSettings& settings) -> Result<void, Refusal> {
      auto pending = PendingOf(settings);
      for (PendingSubscription& each : pending) {
        if (each.id == place.id) each.attributes = attributes;
      }
      SetPending(pending, settings);
      return {};
    };
    ChangeTopic(backend, place.topic, change, Then(std::move(done)));
  }

  const Backend& backend;
};

void Read(Fields& f, SetSubscriptionAttributesAction::Input& in) {
  f.Required("SubscriptionArn", in.arn);
  f.Required("AttributeName", in.name);
  f.Optional("AttributeValue", in.value);
}

}  // namespace

std::unique_ptr<const Action> SetSubscriptionAttributes(const Backend& backend) {
  return MakeAction(SetSubscriptionAttributesAction{backend});
}

}  // namespace broker::aws::sns
