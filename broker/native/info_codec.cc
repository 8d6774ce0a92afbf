#include "broker/native/info_codec.h"

#include <fmt/format.h>

#include <charconv>

#include "broker/model/validation.h"
#include "broker/native/settings_codec.h"
#include "broker/native/time_codec.h"

namespace broker::native {
namespace {

void WriteStats(const engine::Stats& stats, v1::Stats* out) {
  out->set_ready(stats.ready);
  out->set_leased(stats.leased);
  out->set_retrying(stats.retrying);
  out->set_delayed(stats.delayed);
  out->set_bytes(stats.bytes);
  if (stats.oldest_age) ToProto(*stats.oldest_age, out->mutable_oldest_age());
  out->set_waiting_receivers(stats.waiting_receivers);
  out->set_dead_letter_problem(stats.dead_letter_problem);
  out->set_unscanned(stats.unscanned);
}

v1::Task::State ToProto(engine::TaskState state) {
  switch (state) {
    case engine::TaskState::kRunning: return v1::Task::RUNNING;
    case engine::TaskState::kDone: return v1::Task::DONE;
    case engine::TaskState::kFailed: return v1::Task::FAILED;
    case engine::TaskState::kCancelled: return v1::Task::CANCELLED;
  }
  return v1::Task::STATE_UNSPECIFIED;
}

}  // namespace

void ToProto(const engine::TopicDescription& description, v1::TopicDescription* out) {
  ToProto(description.info, out->mutable_topic());
  for (const auto& name : description.subscriptions) out->add_subscriptions(name);
  out->set_messages(description.messages);
  out->set_bytes(description.bytes);
  out->set_delayed(description.delayed);
}

void ToProto(const engine::QueueDescription& description, v1::QueueDescription* out) {
  ToProto(description.info, out->mutable_queue());
  WriteStats(description.stats, out->mutable_stats());
  for (const auto& source : description.dead_letter_sources) out->add_dead_letter_sources(source);
  for (const auto& name : description.subscriptions) out->add_subscriptions(name);
}

void ToProto(const engine::SubscriptionDescription& description, v1::SubscriptionDescription* out) {
  ToProto(description.info, out->mutable_subscription());
  const model::SubscriptionSettings& settings = description.info.settings;
  const bool catches_up = settings.paused || description.stats.ready > 0;
  if (!settings.queue || catches_up) WriteStats(description.stats, out->mutable_stats());
}

void ToProto(const engine::TaskInfo& task, v1::Task* out) {
  out->set_id(std::to_string(task.id.value()));
  out->set_kind(task.kind);
  out->set_source(task.source.ToString());
  out->set_state(ToProto(task.state));
  out->set_reason(task.reason);
  out->set_moved(task.moved);
  out->set_left(task.left);
  for (const auto& note : task.notes) out->add_notes(note);
  ToProto(task.started, out->mutable_start_time());
  if (task.finished) ToProto(*task.finished, out->mutable_finish_time());
  out->set_total(task.total);
  if (task.destination) out->set_destination(task.destination->ToString());
  out->set_filter(task.filter);
  out->set_rate(task.rate.value_or(0));
  out->set_dry_run(task.dry_run);
}

void ToProto(const engine::ConsumerInfo& consumer, v1::Consumer* out) {
  out->set_name(consumer.name);
  out->set_peer(consumer.peer);
  out->set_waiting(consumer.waiting);
  out->set_leased(consumer.leased);
  if (consumer.oldest_lease) ToProto(*consumer.oldest_lease, out->mutable_oldest_lease_time());
  ToProto(consumer.last_seen, out->mutable_last_seen_time());
}

void ToProto(const engine::IdempotencyClaim& claim, v1::IdempotencyRecord* out) {
  switch (claim.state) {
    case engine::ClaimState::kNew: out->set_state(v1::IdempotencyRecord::NEW); break;
    case engine::ClaimState::kInProgress: out->set_state(v1::IdempotencyRecord::IN_PROGRESS); break;
    case engine::ClaimState::kDone: out->set_state(v1::IdempotencyRecord::DONE); break;
  }
  out->set_token(claim.token);
  out->set_result(claim.result);
  ToProto(claim.expires, out->mutable_expire_time());
}

void ToProto(const engine::ClockInfo& clock, v1::ClockStatus* out) {
  ToProto(clock.engine, out->mutable_engine_time());
  ToProto(clock.wall, out->mutable_wall_time());
  ToProto(clock.held_back, out->mutable_held_back());
}

Result<model::TaskId> ToTaskId(const std::string& text) {
  std::uint64_t id = 0;
  const char* end = text.data() + text.size();
  const auto [stop, errc] = std::from_chars(text.data(), end, id);
  if (errc != std::errc() || stop != end || id == 0) {
    return InvalidField(
        "id", fmt::format("\"{}\" is no task's id: it is a number such as 42, as Redrive or Replay answered it",
                          model::CutText(text, 64)));
  }
  return model::TaskId(id);
}

}  // namespace broker::native
