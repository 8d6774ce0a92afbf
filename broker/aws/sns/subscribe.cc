#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/aws/arn.h"
#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/changes.h"
#include "broker/aws/sns/pending.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/redrive_policy.h"
#include "broker/aws/sns/replay.h"
#include "broker/aws/sns/subscriptions.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/uuid.h"
#include "broker/aws/wire/shown.h"
#include "broker/base/log.h"

namespace broker::aws::sns {
namespace {

constexpr std::array<std::string_view, 3> kPendingProtocols{"http", "https", "lambda"};
constexpr std::array<std::string_view, 5> kNotOffered{"application", "email", "email-json", "firehose", "sms"};

Refusal Wrong(std::string_view what) {
  return Refuse(SnsFault::kInvalidParameter, fmt::format("Invalid parameter: {}", what));
}

template <std::size_t n>
bool IsOneOf(const std::array<std::string_view, n>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct SubscribeAction {
  static constexpr std::string_view kName = "Subscribe";
  struct Input {
    std::string arn;
    std::string protocol;
    std::optional<std::string> endpoint;
    Texts attributes;
    std::optional<bool> return_arn;
  };
  struct Output {
    std::string arn;
  };

  Access Needs(const Call&, const Input& in) const { return {"sns:Subscribe", in.arn}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto topic = TopicAt(backend, *call, in.arn);
    if (!topic.ok()) return done(std::move(topic).error());
    const auto now = backend.engine.LookUpTopic(topic->caller, topic->name);
    if (!now) return done(NoSuchTopic());
    if (IsOneOf(kNotOffered, in.protocol)) {
      return done(Wrong(fmt::format("Protocol Reason: subscriptions by {} are not offered", in.protocol)));
    }
    if (in.protocol == "sqs") return SubscribeQueue(*topic, std::move(in), std::move(done));
    if (IsOneOf(kPendingProtocols, in.protocol)) return SubscribePending(*topic, std::move(in), std::move(done));
    done(Wrong(fmt::format("Amazon SNS does not support this protocol string: {}", Shown(in.protocol))));
  }

  // ---- into a queue
  Result<std::string, Refusal> QueueOf(const TopicPlace& topic, const Input& in) const {
    const auto arn = Arn::Parse(in.endpoint.value_or(""));
    if (!arn || arn->service != "sqs") return Wrong("SQS endpoint ARN");
    // A subscription stays within a namespace.
    const auto queue = backend.resolve_namespace(arn->account) == topic.caller.name_space
                           ? backend.engine.LookUpQueue(topic.caller, arn->resource)
                           : std::nullopt;
    if (!queue) {
      return Wrong(fmt::format("Endpoint Reason: there is no queue {} where the topic is: create it first",
                               Shown(*in.endpoint)));
    }
    if (queue->settings.delivery.ordered && !IsFifo(topic.name)) {
      return Wrong("Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics");
    }
    return arn->resource;
  }

  void SubscribeQueue(const TopicPlace& topic, Input in, Done<Output> done) const {
    auto queue = QueueOf(topic, in);
    if (!queue.ok()) return done(std::move(queue).error());
    if (const auto is = Existing(topic, "sqs", topic.identity.QueueArn(*queue))) {
      return AnswerExisting(topic, *is, in, std::move(done));
    }
    SubscriptionAttributes attributes;
    if (auto set = attributes.SetAll(AttributesOf::kRequest, in.attributes); !set.ok())
      return done(std::move(set).error());
    if (auto checked = CheckRedriveTarget(backend, topic, AttributesOf::kRequest, attributes); !checked.ok()) {
      return done(std::move(checked).error());
    }
    if (!attributes.Get("ReplayPolicy").empty()) {
      auto checked =
          CheckReplay(attributes, backend.engine.LookUpTopic(topic.caller, topic.name)->settings, backend.clock.Wall());
      if (!checked.ok()) return done(std::move(checked).error());
    }
    Create({topic, NewUuid(backend.entropy)}, *queue, attributes, std::move(done));
  }

  void Create(const SubscriptionPlace& place, const std::string& queue, const SubscriptionAttributes& attributes,
              Done<Output> done) const {
    model::SubscriptionSettings settings{.topic = place.topic.name, .queue = queue};
    attributes.Keep(settings);
    backend.engine.CreateSubscription(
        place.topic.caller, place.id, std::move(settings), engine::StartAt::kEnd,
        [this, place, attributes, done = std::move(done)](const Result<engine::SubscriptionInfo>& created) {
          if (!created.ok()) return done(ToSnsRefusal(created.error(), SnsFault::kSubscriptionLimitExceeded));
          const Output out{fmt::format("{}:{}", place.topic.arn(), place.id)};
          if (attributes.Get("ReplayPolicy").empty()) return done(out);
          Replay(place, *created, [this, place, done, out](const Result<void, Refusal>& replayed) {
            if (replayed.ok()) return done(out);
            // What is refused leaves nothing behind.
            backend.engine.DeleteSubscription(place.topic.caller, place.id,
                                              [done, refusal = replayed.error()](const Status&) { done(refusal); });
          });
        });
  }

  // Starts the replay of a new subscription and notes it there. Who asks meanwhile gets the answer of who asked first.
  void Replay(const SubscriptionPlace& place, const engine::SubscriptionInfo& info, Finished finished) const {
    const Starting::key_type key{place.topic.caller.name_space, place.id};
    std::vector<Finished>& waiting = (*starting)[key];
    waiting.push_back(std::move(finished));
    if (waiting.size() > 1) return;
    const Finished tell = [this, key](const Result<void, Refusal>& result) {
      const std::vector<Finished> told = std::move((*starting)[key]);
      starting->erase(key);
      for (const Finished& each : told) each(result);
    };
    const auto attributes = SubscriptionAttributes::Of(info.settings, place.topic.identity);
    StartReplay(backend, place, *info.settings.queue, attributes, info.created,
                [this, place, tell](Result<std::string, Refusal> task) {
                  if (!task.ok()) return tell(std::move(task).error());
                  engine::SubscriptionPatch patch;
                  patch.notes.annotations["aws.ReplayTask"] = *task;
                  backend.engine.UpdateSubscription(
                      place.topic.caller, place.id, std::move(patch),
                      [this, place, task = *task, tell](const Result<engine::SubscriptionInfo>& noted) {
                        if (noted.ok()) return tell({});
                        CancelReplay(backend, place.topic.caller, task);
                        tell(ToSnsRefusal(noted.error()));
                      });
                });
  }

  // ---- what waits for a delivery that is not there yet
  static Result<void, Refusal> CheckEndpoint(const TopicPlace& topic, const Input& in) {
    const std::string endpoint = in.endpoint.value_or("");
    if (IsFifo(topic.name)) return Wrong(fmt::format("Invalid protocol type: {}", in.protocol));
    if (in.protocol == "lambda") {
      const auto arn = Arn::Parse(endpoint);
      if (!arn || arn->service != "lambda") return Wrong("Lambda endpoint ARN");
      return {};
    }
    if (!endpoint.starts_with(in.protocol + "://")) return Wrong("Endpoint must match the specified protocol");
    return {};
  }

  void SubscribePending(const TopicPlace& topic, Input in, Done<Output> done) const {
    if (auto checked = CheckEndpoint(topic, in); !checked.ok()) return done(std::move(checked).error());
    if (const auto is = Existing(topic, in.protocol, *in.endpoint)) {
      return AnswerExisting(topic, *is, in, std::move(done));
    }
    PendingSubscription added{NewUuid(backend.entropy), in.protocol, *in.endpoint, {}};
    if (auto set = added.attributes.SetAll(AttributesOf::kRequest, in.attributes); !set.ok()) {
      return done(std::move(set).error());
    }
    Output out{in.return_arn.value_or(false) ? fmt::format("{}:{}", topic.arn(), added.id) : "pending confirmation"};
    const auto change = [&](model::TopicSettings& settings) -> Result<void, Refusal> {
      auto pending = PendingOf(settings);
      if (pending.size() == kMaxPending) {
        return Refuse(
            SnsFault::kSubscriptionLimitExceeded,
            fmt::format("topic {} has {} pending subscriptions, which is the limit", topic.name, kMaxPending));
      }
      pending.push_back(added);
      SetPending(pending, settings);
      return {};
    };
    Log(LogLevel::kWarning, "subscription_pending",
        {{"topic", topic.name},
         {"protocol", in.protocol},
         {"message",
          "delivery by this protocol is not offered yet: the subscription stays pending, and keeps nothing"}});
    ChangeTopic(backend, topic, change, Then(std::move(done), std::move(out)));
  }

  // ---- again
  std::optional<SubscriptionView> Existing(const TopicPlace& topic, std::string_view protocol,
                                           std::string_view endpoint) const {
    for (SubscriptionView& each : SubscriptionsOf(backend.engine, topic)) {
      if (each.protocol == protocol && each.endpoint == endpoint) return std::move(each);
    }
    return std::nullopt;
  }

  // The same one, if what is asked for changes nothing; with the replay that a call cut short did not start.
  void AnswerExisting(const TopicPlace& topic, const SubscriptionView& is, const Input& in, Done<Output> done) const {
    SubscriptionAttributes asked = is.attributes;
    if (auto set = asked.SetAll(AttributesOf::kRequest, in.attributes); !set.ok()) return done(std::move(set).error());
    if (asked != is.attributes) {
      return done(Wrong("Attributes Reason: Subscription already exists with different attributes"));
    }
    Output out{is.pending && !in.return_arn.value_or(false) ? "pending confirmation" : is.Arn(topic)};
    if (!is.pending && !is.attributes.Get("ReplayPolicy").empty() && is.replay_task.empty()) {
      return Replay({topic, is.id}, *backend.engine.LookUpSubscription(topic.caller, is.id),
                    Then(std::move(done), std::move(out)));
    }
    WhenDurable(backend, topic, [out = std::move(out), done = std::move(done)] { done(out); });
  }

  // Whom to tell of the replays that are being started, by the subscription's namespace and name. Of the strand.
  using Starting = std::map<std::pair<std::string, std::string>, std::vector<Finished>>;

  const Backend& backend;
  std::unique_ptr<Starting> starting = std::make_unique<Starting>();
};

void Read(Fields& f, SubscribeAction::Input& in) {
  f.Required("TopicArn", in.arn);
  f.Required("Protocol", in.protocol);
  f.Optional("Endpoint", in.endpoint);
  f.Map({"Attributes", "key", "value"}, in.attributes);
  f.Optional("ReturnSubscriptionArn", in.return_arn);
}
void Write(Writer& w, const SubscribeAction::Output& out) { w.Text("SubscriptionArn", std::string_view(out.arn)); }

}  // namespace

std::unique_ptr<const Action> Subscribe(const Backend& backend) { return MakeAction(SubscribeAction{backend}); }

}  // namespace broker::aws::sns
