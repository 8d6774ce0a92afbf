#include "cli/proto_values.h"

#include <algorithm>
#include <limits>

#include "broker/base/duration.h"

namespace broker::cli {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

Value TextOrNull(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value TextList(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  Value list = Value::MakeArray();
  for (const std::string& text : texts) list.Append(text);
  return list;
}

// The flags' own view of a policy: two fields beside the others.
void SetDeadLetter(Value& object, bool present, const v1::DeadLetterPolicy& policy) {
  object.Set("max_attempts", present ? Value(policy.max_attempts()) : Value());
  object.Set("dead_letter", present ? Value(policy.target()) : Value());
}

void SetDeduplication(Value& object, const v1::Deduplication& deduplication) {
  object.Set("dedup_by_content", deduplication.by_content());
  object.Set("dedup_scope", deduplication.scope() == v1::Deduplication::GROUP ? "group" : "log");
}

void SetStats(Value& object, const v1::Stats& stats) {
  object.Set("ready", stats.ready())
      .Set("leased", stats.leased())
      .Set("retrying", stats.retrying())
      .Set("delayed", stats.delayed())
      .Set("bytes", stats.bytes());
  if (stats.has_oldest_age()) {
    const auto millis = std::chrono::floor<Millis>(FromProto(stats.oldest_age()));
    object.Set("oldest_age", FormatDuration(millis));
    object.Set("oldest_age_seconds", static_cast<double>(millis.count()) / 1000.0);
  } else {
    object.Set("oldest_age", Value()).Set("oldest_age_seconds", Value());
  }
  object.Set("waiting_receivers", stats.waiting_receivers());
  object.Set("dead_letter_problem", TextOrNull(stats.dead_letter_problem()));
}

void Append(Value& object, const Value& more) {
  if (more.object() == nullptr) return;
  for (const auto& [name, value] : *more.object()) object.Set(name, value);
}

}  // namespace

Nanos FromProto(const google::protobuf::Duration& duration) {
  std::int64_t nanos = 0;
  if (__builtin_mul_overflow(duration.seconds(), kNanosPerSecond, &nanos) ||
      __builtin_add_overflow(nanos, static_cast<std::int64_t>(duration.nanos()), &nanos)) {
    return duration.seconds() < 0 ? Nanos::min() : Nanos::max();
  }
  return Nanos{nanos};
}

google::protobuf::Duration ToProto(Nanos duration) {
  google::protobuf::Duration out;
  out.set_seconds(duration.count() / kNanosPerSecond);
  out.set_nanos(static_cast<std::int32_t>(duration.count() % kNanosPerSecond));
  return out;
}

Value DurationValue(const google::protobuf::Duration& duration) { return FormatDuration(FromProto(duration)); }

Value TimeValue(const google::protobuf::Timestamp& time) {
  // A time beyond 64 bits of nanoseconds (the year 2262) is shown as the last one before.
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / kNanosPerSecond - 1;
  const std::int64_t seconds = std::clamp(time.seconds(), -kMost, kMost);
  return FormatTime(Time(Nanos{seconds * kNanosPerSecond + time.nanos()}));
}

Value StateValue(v1::MessageState state) {
  switch (state) {
    case v1::READY: return "ready";
    case v1::LEASED: return "leased";
    case v1::RETRYING: return "retrying";
    case v1::DELAYED: return "delayed";
    default: return {};  // protobuf's own sentinels, and states of a newer broker
  }
}

Value TopicValue(const v1::Topic& topic) {
  Value out = Value::MakeObject().Set("name", topic.name());
  SetDeduplication(out, topic.deduplication());
  return out.Set("create_time", TimeValue(topic.create_time()));
}

Value QueueValue(const v1::Queue& queue) {
  Value out = Value::MakeObject()
                  .Set("name", queue.name())
                  .Set("visibility_timeout", DurationValue(queue.visibility_timeout()))
                  .Set("retention", DurationValue(queue.retention()))
                  .Set("delay", DurationValue(queue.delay()));
  SetDeadLetter(out, queue.has_dead_letter(), queue.dead_letter());
  out.Set("ordered", queue.ordered()).Set("exactly_once", queue.exactly_once());
  SetDeduplication(out, queue.deduplication());
  return out.Set("create_time", TimeValue(queue.create_time()));
}

Value SubscriptionValue(const v1::Subscription& subscription) {
  Value out = Value::MakeObject()
                  .Set("name", subscription.name())
                  .Set("topic", TextOrNull(subscription.topic()))
                  .Set("queue", TextOrNull(subscription.queue()));
  if (subscription.queue().empty()) {
    out.Set("visibility_timeout", DurationValue(subscription.visibility_timeout()));
    out.Set("retention", DurationValue(subscription.retention()));
    SetDeadLetter(out, subscription.has_dead_letter(), subscription.dead_letter());
    out.Set("ordered", subscription.ordered()).Set("exactly_once", subscription.exactly_once());
  } else {
    out.Set("delivery_format", TextOrNull(subscription.delivery_format()));
  }
  return out.Set("create_time", TimeValue(subscription.create_time()));
}

Value TopicDescriptionValue(const v1::TopicDescription& description) {
  Value out = Value::MakeObject()
                  .Set("name", description.topic().name())
                  .Set("messages", description.messages())
                  .Set("bytes", description.bytes())
                  .Set("delayed", description.delayed())
                  .Set("subscriptions", TextList(description.subscriptions()));
  Append(out, TopicValue(description.topic()));
  return out;
}

Value QueueDescriptionValue(const v1::QueueDescription& description) {
  Value out = Value::MakeObject().Set("name", description.queue().name());
  SetStats(out, description.stats());
  Append(out, QueueValue(description.queue()));
  return out.Set("dead_letter_sources", TextList(description.dead_letter_sources()))
      .Set("subscriptions", TextList(description.subscriptions()));
}

Value SubscriptionDescriptionValue(const v1::SubscriptionDescription& description) {
  Value out = Value::MakeObject().Set("name", description.subscription().name());
  if (description.subscription().queue().empty()) SetStats(out, description.stats());
  Append(out, SubscriptionValue(description.subscription()));
  return out;
}

Value TaskValue(const v1::Task& task) {
  const char* state = nullptr;
  switch (task.state()) {
    case v1::Task::RUNNING: state = "running"; break;
    case v1::Task::DONE: state = "done"; break;
    case v1::Task::FAILED: state = "failed"; break;
    default: state = "unknown"; break;  // protobuf's own sentinels, and states of a newer broker
  }
  return Value::MakeObject()
      .Set("id", task.id())
      .Set("kind", task.kind())
      .Set("source", task.source())
      .Set("state", state)
      .Set("moved", task.moved())
      .Set("left", task.left())
      .Set("reason", TextOrNull(task.reason()))
      .Set("notes", TextList(task.notes()))
      .Set("start_time", TimeValue(task.start_time()))
      .Set("finish_time", task.has_finish_time() ? TimeValue(task.finish_time()) : Value());
}

}  // namespace broker::cli
