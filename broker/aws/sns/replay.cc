#include "broker/aws/sns/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/aws/sns/delivery_format.h"
#include "broker/aws/sns/replay_policy.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/whole_number.h"
#include "broker/base/log.h"

namespace broker::aws::sns {
namespace {

constexpr std::string_view kReplayPolicy = "ReplayPolicy";

std::optional<model::TaskId> ParseTask(const std::string& text) {
  const auto id = ParseWhole<std::uint64_t>(text);
  return id ? std::optional(model::TaskId(*id)) : std::nullopt;
}

std::string StatusOf(engine::TaskState state) {
  switch (state) {
    case engine::TaskState::kRunning: return "In progress";
    case engine::TaskState::kDone: return "Completed";
    case engine::TaskState::kFailed: return "Failed";
    case engine::TaskState::kCancelled: return "Failed";
  }
  return {};
}

}  // namespace

Result<void, Refusal> CheckReplay(const SubscriptionAttributes& attributes, const model::TopicSettings& topic,
                                  Time now) {
  const auto policy = ParseReplayPolicy(attributes.Get(kReplayPolicy));
  if (!policy.ok()) return ToSnsRefusal(policy.error());
  if (topic.retention == Nanos{0}) {
    return Refuse(SnsFault::kInvalidParameter,
                  "Invalid parameter: ReplayPolicy Reason: the topic has no ArchivePolicy");
  }
  if (policy->from < now) return {};
  return Refuse(SnsFault::kInvalidParameter,
                "Invalid parameter: ReplayPolicy Reason: StartingPoint is not in the past");
}

void StartReplay(const Backend& backend, const SubscriptionPlace& place, const std::string& queue,
                 const SubscriptionAttributes& attributes, std::optional<Time> latest,
                 std::function<void(Result<std::string, Refusal>)> started) {
  const auto policy = ParseReplayPolicy(attributes.Get(kReplayPolicy));
  if (!policy.ok()) return started(ToSnsRefusal(policy.error()));
  engine::ReplayRequest request;
  request.topic = place.topic.name;
  request.queue = queue;
  if (!attributes.raw()) request.delivery_format = DeliveryFormat{place.topic.name, place.id}.ToString();
  request.from = policy->from;
  request.to = policy->to && latest ? std::min(*policy->to, *latest) : policy->to ? policy->to : latest;
  request.filter = attributes.filter();
  backend.engine.Replay(place.topic.caller, std::move(request),
                        [started = std::move(started)](const Result<engine::TaskInfo>& task) {
                          if (!task.ok()) return started(ToSnsRefusal(task.error(), SnsFault::kReplayLimitExceeded));
                          started(fmt::format("{}", task->id.value()));
                        });
}

void CancelReplay(const Backend& backend, const engine::Caller& caller, const std::string& task) {
  const auto id = ParseTask(task);
  if (!id) return;
  backend.engine.CancelTask(caller, *id, [task](const Result<engine::TaskInfo>& cancelled) {
    // One that has ended needs no cancelling.
    if (cancelled.ok()) Log(LogLevel::kInfo, "replay_cancelled", {{"task", task}});
  });
}

void AskReplayStatus(const Backend& backend, const engine::Caller& caller, const std::string& task,
                     std::function<void(std::string)> tell) {
  const auto id = ParseTask(task);
  if (!id) return tell("Pending");
  backend.engine.GetTask(caller, *id, [tell = std::move(tell)](const Result<engine::TaskInfo>& info) {
    tell(info.ok() ? StatusOf(info->state) : "Completed");  // forgotten: it ended long ago
  });
}

}  // namespace broker::aws::sns
