#include "cli/proto_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

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
  if (stats.unscanned() > 0) object.Set("unscanned", stats.unscanned());
}

// "1s..1m" as the flag takes it; null: none.
void SetBackoff(Value& object, bool present, const v1::RetryBackoff& backoff) {
  object.Set("retry_backoff", present ? Value(fmt::format("{}..{}", DurationValue(backoff.minimum()).Plain(),
                                                          DurationValue(backoff.maximum()).Plain()))
                                      : Value());
}

// Null where there is no bound.
void SetBounds(Value& object, const v1::Bounds& bounds) {
  const auto bound = [](std::uint64_t most) { return most == 0 ? Value() : Value(most); };
  object.Set("max_messages", bound(bounds.max_messages())).Set("max_bytes", bound(bounds.max_bytes()));
  object.Set("overflow", bounds.overflow() == v1::Bounds::DROP_OLDEST ? "drop-oldest" : "refuse");
}

void SetAccess(Value& object, const v1::DeadLetterAccess& access) {
  switch (access.kind()) {
    case v1::DeadLetterAccess::NONE: object.Set("accepts_dead_letters_from", "none"); break;
    case v1::DeadLetterAccess::LISTED: object.Set("accepts_dead_letters_from", TextList(access.sources())); break;
    default: object.Set("accepts_dead_letters_from", "all"); break;
  }
}

Value TextMap(const google::protobuf::Map<std::string, std::string>& texts) {
  Value out = Value::MakeObject();
  for (const auto& [name, text] : std::map<std::string, std::string>(texts.begin(), texts.end())) out.Set(name, text);
  return out;
}

template <class Proto>
void SetNotes(Value& object, const Proto& proto) {
  object.Set("labels", TextMap(proto.labels()));
  if (!proto.annotations().empty()) object.Set("annotations", TextMap(proto.annotations()));
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

Time FromProto(const google::protobuf::Timestamp& time) {
  google::protobuf::Duration since;
  since.set_seconds(time.seconds());
  since.set_nanos(time.nanos());
  return Time(FromProto(since));
}

google::protobuf::Duration ToProto(Nanos duration) {
  google::protobuf::Duration out;
  out.set_seconds(duration.count() / kNanosPerSecond);
  out.set_nanos(static_cast<std::int32_t>(duration.count() % kNanosPerSecond));
  return out;
}

google::protobuf::Timestamp ToProto(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  google::protobuf::Timestamp out;
  out.set_seconds(seconds.time_since_epoch().count());
  out.set_nanos(static_cast<std::int32_t>((time - seconds).count()));
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
  out.Set("retention", topic.has_retention() ? DurationValue(topic.retention()) : Value());
  SetNotes(out, topic);
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
  SetBackoff(out, queue.has_retry_backoff(), queue.retry_backoff());
  out.Set("paused", queue.paused());
  out.Set("message_ttl", queue.has_message_ttl() ? DurationValue(queue.message_ttl()) : Value());
  SetBounds(out, queue.bounds());
  SetAccess(out, queue.dead_letter_access());
  SetNotes(out, queue);
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
    SetBackoff(out, subscription.has_retry_backoff(), subscription.retry_backoff());
    out.Set("retain_acknowledged", subscription.retain_acknowledged());
    out.Set("expire_unused", subscription.has_expire_unused() ? DurationValue(subscription.expire_unused()) : Value());
  } else {
    out.Set("delivery_format", TextOrNull(subscription.delivery_format()));
    out.Set("dead_letter", TextOrNull(subscription.dead_letter().target()));
  }
  out.Set("filter", TextOrNull(subscription.filter())).Set("paused", subscription.paused());
  SetNotes(out, subscription);
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
  if (description.has_stats()) SetStats(out, description.stats());
  Append(out, SubscriptionValue(description.subscription()));
  return out;
}

Value TaskValue(const v1::Task& task) {
  const char* state = nullptr;
  switch (task.state()) {
    case v1::Task::RUNNING: state = "running"; break;
    case v1::Task::DONE: state = "done"; break;
    case v1::Task::FAILED: state = "failed"; break;
    case v1::Task::CANCELLED: state = "cancelled"; break;
    default: state = "unknown"; break;  // protobuf's own sentinels, and states of a newer broker
  }
  return Value::MakeObject()
      .Set("id", task.id())
      .Set("kind", task.kind())
      .Set("source", task.source())
      .Set("destination", TextOrNull(task.destination()))
      .Set("filter", TextOrNull(task.filter()))
      .Set("rate", task.rate() == 0 ? Value() : Value(task.rate()))
      .Set("dry_run", task.dry_run())
      .Set("state", state)
      .Set("total", task.total())
      .Set("moved", task.moved())
      .Set("left", task.left())
      .Set("reason", TextOrNull(task.reason()))
      .Set("notes", TextList(task.notes()))
      .Set("start_time", TimeValue(task.start_time()))
      .Set("finish_time", task.has_finish_time() ? TimeValue(task.finish_time()) : Value());
}

Value SnapshotValue(const v1::Snapshot& snapshot) {
  return Value::MakeObject()
      .Set("name", snapshot.name())
      .Set("subscription", snapshot.subscription())
      .Set("topic", TextOrNull(snapshot.topic()))
      .Set("create_time", TimeValue(snapshot.create_time()))
      .Set("expire_time", TimeValue(snapshot.expire_time()))
      .Set("labels", TextMap(snapshot.labels()));
}

Value ConsumerValue(const v1::Consumer& consumer) {
  return Value::MakeObject()
      .Set("name", TextOrNull(consumer.name()))
      .Set("peer", consumer.peer())
      .Set("waiting", consumer.waiting())
      .Set("leased", consumer.leased())
      .Set("oldest_lease_time", consumer.has_oldest_lease_time() ? TimeValue(consumer.oldest_lease_time()) : Value())
      .Set("last_seen_time", TimeValue(consumer.last_seen_time()));
}

Value IdempotencyValue(const std::string& key, const v1::IdempotencyRecord& record) {
  Value out = Value::MakeObject().Set("key", key);
  switch (record.state()) {
    case v1::IdempotencyRecord::NEW: out.Set("state", "new").Set("token", record.token()); break;
    case v1::IdempotencyRecord::IN_PROGRESS: out.Set("state", "in-progress"); break;
    case v1::IdempotencyRecord::DONE:
      out.Set("state", "done");
      SetBytes(out, "result", record.result());
      break;
    default: out.Set("state", "unknown"); break;  // protobuf's own sentinels, and states of a newer broker
  }
  return out.Set("expire_time", TimeValue(record.expire_time()));
}

}  // namespace broker::cli
