// Publishing: checks, deduplication, appending, and fan-out to queues that subscribe.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/duration.h"
#include "broker/base/hash.h"
#include "broker/engine/core.h"
#include "broker/engine/keeping.h"
#include "broker/engine/store.h"
#include "broker/model/limits.h"
#include "broker/model/validation.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

namespace v0 = storage::v0;
using storage::Family;

// What a whole batch may be, whatever its entries.
Status CheckBatch(const PublishRequest& request) {
  const std::size_t count = request.entries.size();
  if (count == 0) return InvalidField("messages", "a publish needs at least one message");
  if (count > model::kMaxBatchMessages) {
    return InvalidField("messages", fmt::format("{} messages; a batch has at most {}", count, model::kMaxBatchMessages));
  }
  std::uint64_t bytes = 0;
  for (const PublishEntry& entry : request.entries) bytes += model::SizeBytes(entry.content);
  if (count > 1 && bytes > model::kMaxBatchBytes) {
    return InvalidField("messages", fmt::format("{} bytes in all; a batch has at most {}", bytes, model::kMaxBatchBytes));
  }
  return {};
}

Status CheckEntry(const std::string& field, const PublishEntry& entry, bool ordered, Nanos longest) {
  BROKER_RETURN_IF_ERROR(model::CheckContent(field, entry.content));
  if (entry.ttl && (*entry.ttl <= Nanos{0} || *entry.ttl > longest)) {
    return InvalidField(field + ".ttl", fmt::format("{} is not above 0s and at most {}, the retention",
                                                    FormatDuration(*entry.ttl), FormatDuration(longest)));
  }
  if (!entry.delay || *entry.delay == Nanos{0}) return {};
  if (ordered) {
    return InvalidField(field + ".delay", "an ordered queue has one delay for all its messages; set it on the queue");
  }
  if (*entry.delay < Nanos{0} || *entry.delay > longest) {
    return InvalidField(field + ".delay", fmt::format("{} is outside 0s to {}, the retention",
                                                      FormatDuration(*entry.delay), FormatDuration(longest)));
  }
  return {};
}

// Empty: neither an id nor the content says that it is the same as another.
std::string DeduplicationHash(const model::MessageContent& content, const model::Deduplication& deduplication) {
  if (content.deduplication_id.empty() && !deduplication.by_content) return {};
  const std::string scope = deduplication.scope == model::DeduplicationScope::kGroup ? content.ordering_key : std::string();
  return Deduplicator::Hash(scope, content.deduplication_id.empty() ? Sha256(content.body) : content.deduplication_id);
}

std::optional<Time> DueOf(Publishable target, const PublishEntry& entry, Time now) {
  if (target.queue != nullptr && target.queue->settings.delivery.ordered) return std::nullopt;
  const Nanos delay = entry.delay.value_or(target.queue != nullptr ? target.queue->settings.delay : Nanos{0});
  return delay > Nanos{0} ? std::optional(now + delay) : std::nullopt;
}

// When the time to live of a message begins that is now appended to `log`.
Time LifeBegins(const MessageLog& log, std::optional<Time> due, Time now) {
  if (due) return std::chrono::ceil<Millis>(*due);
  return log.ordered ? now + log.delay : now;
}

Time DefaultExpiry(const MessageLog& log, std::optional<Time> due, Time now) {
  return log.message_ttl > Nanos{0} ? LifeBegins(log, due, now) + log.message_ttl : Time{};
}

}  // namespace

Result<PublishResponse> Engine::Core::Publish(const Caller& caller, PublishRequest request) {
  BROKER_RETURN_IF_ERROR(CheckBatch(request));
  auto found = catalog_.FindPublishable(caller, request.target);
  if (!found.ok()) return found.error();
  BROKER_RETURN_IF_ERROR(room_.Check());
  if (found->topic != nullptr) BROKER_RETURN_IF_ERROR(CheckFilterSteps(*found->topic, request.entries));
  const Queue* queue = found->queue;
  const bool ordered = queue != nullptr && queue->settings.delivery.ordered;
  const Nanos longest = queue != nullptr ? queue->settings.delivery.retention : model::kMaxRetention;
  const model::Deduplication& deduplication =
      queue != nullptr ? queue->settings.deduplication : found->topic->settings.deduplication;

  std::vector<Status> checks;
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    checks.push_back(CheckEntry(fmt::format("messages[{}]", i), request.entries[i], ordered, longest));
    if (request.all_or_nothing && !checks.back().ok()) return checks.back().error();
  }
  // Before anything is stored: what cannot be looked up refuses the whole publish, rather than store one twice.
  std::vector<std::string> hashes;
  Deduplicator::Known known;
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    const std::string& hash = hashes.emplace_back(
        checks[i].ok() ? DeduplicationHash(request.entries[i].content, deduplication) : std::string());
    if (hash.empty() || known.count(hash) > 0) continue;
    auto first = deduplicator_.Find(found->log().id.value(), hash, clock_.expiry_now());
    if (!first.ok()) return std::move(first).error();
    known[hash] = *first;
  }
  if (request.all_or_nothing) BROKER_RETURN_IF_ERROR(AdmitAll(*found, request.entries, hashes, known));
  PublishResponse response;
  std::vector<const Subscription*> unreached;
  if (queue == nullptr) {
    for (const Subscription* subscription : found->topic->subscriptions) {
      if (subscription->settings.filter) unreached.push_back(subscription);
    }
  }
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    if (checks[i].ok()) {
      response.results.push_back(PublishOne(caller, *found, hashes[i], known, std::move(request.entries[i]),
                                            request.all_or_nothing, unreached));
    } else {
      response.results.push_back(checks[i].error());
    }
  }
  const bool stored = std::any_of(response.results.begin(), response.results.end(), [](const auto& each) { return each.ok(); });
  const std::size_t reached = queue != nullptr ? 1 : found->topic->subscriptions.size() - unreached.size();
  response.subscriptions = stored ? static_cast<std::uint32_t>(reached) : 0;
  return response;
}

Status Engine::Core::AdmitAll(Publishable target, const std::vector<PublishEntry>& entries,
                              const std::vector<std::string>& hashes, Deduplicator::Known known) {
  Bounds::Plans plans;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const PublishEntry& entry = entries[i];
    if (!hashes[i].empty()) {
      if (known[hashes[i]]) continue;
      known[hashes[i]] = model::MessageId{};  // the next with this hash is a duplicate of this one
    }
    BROKER_RETURN_IF_ERROR(
        bounds_.Admit(target, model::FilterInput(entry.content), model::SizeBytes(entry.content),
                      DueOf(target, entry, now_).has_value(), plans));
  }
  return {};
}

Result<Published> Engine::Core::PublishOne(const Caller& caller, Publishable target, const std::string& hash,
                                           Deduplicator::Known& known, PublishEntry&& entry, bool admitted,
                                           std::vector<const Subscription*>& unreached) {
  MessageLog& log = target.log();
  const std::uint64_t size_bytes = model::SizeBytes(entry.content);
  const auto due = DueOf(target, entry, now_);
  auto message = std::make_shared<model::Message>();
  message->content = std::move(entry.content);
  message->publish_time = now_;
  message->publisher = model::CutText(caller.principal, model::kMaxPublisherBytes);
  const model::FilterInput* input = input_.Of(message);
  std::optional<model::MessageId>& first = known[hash];  // without a hash never any
  if (!first && !admitted) {
    Bounds::Plans none;
    BROKER_RETURN_IF_ERROR(bounds_.Admit(target, *input, size_bytes, due.has_value(), none));
  }
  std::erase_if(unreached, [&](const Subscription* subscription) { return Passes(subscription->settings.filter, input); });
  if (first) return Published{*first, true};
  const Room room = target.queue != nullptr ? bounds_.RoomFor(*target.queue, size_bytes) : Room::kEnough;
  const RecordPtr record =
      AppendMessage(log, std::move(message), due, nullptr, entry.ttl ? LifeBegins(log, due, now_) + *entry.ttl : Time{});
  const model::MessageId id{log.id, model::Sequence(record->sequence)};
  if (target.topic != nullptr && !due) FanOut(*target.topic, id, *record, Copies::kPublished);
  if (room == Room::kByDropping) DropOldest(*target.queue);
  if (!hash.empty()) {
    deduplicator_.Remember(log.id.value(), hash, id, clock_.expiry_now());
    first = id;
  }
  journal_.RequireSync();
  return Published{id, false};
}

RecordPtr Engine::Core::AppendMessage(MessageLog& log, model::MessagePtr message, std::optional<Time> due,
                                      std::shared_ptr<const Alias> came_by, Time expires) {
  StoredRecord record;
  record.expires = expires != Time{} ? expires : DefaultExpiry(log, due, now_);
  record.size_bytes = model::SizeBytes(message->content);
  record.key_hash = KeyHash(message->content.ordering_key);
  record.message = std::move(message);
  if (came_by != nullptr) record.alias = std::make_shared<const Alias>(Alias{{}, {}, came_by->subscription, came_by->delivery_format});
  record.held = due.has_value();
  if (due) record.due = std::chrono::ceil<Millis>(*due);
  RecordPtr appended = Append(log, std::move(record));
  if (due) schedule_.Add(log, *appended);
  return appended;
}

void Engine::Core::AppendAlias(MessageLog& log, Alias alias, const StoredRecord& source, std::optional<Time> due) {
  StoredRecord record;
  // One that comes due has what it was published with, or nothing.
  const bool came_due = alias.id != model::MessageId{};
  record.expires = came_due || source.expires != Time{} ? source.expires : DefaultExpiry(log, due, now_);
  record.size_bytes = source.size_bytes;
  record.key_hash = source.key_hash;
  record.message = source.message;
  record.alias = std::make_shared<const Alias>(std::move(alias));
  record.held = due.has_value();
  if (due) record.due = std::chrono::ceil<Millis>(*due);
  const RecordPtr appended = Append(log, std::move(record));
  logs_.NameSource(log, appended->alias->target);
  if (due) schedule_.Add(log, *appended);
}

void Engine::Core::FanOut(const Topic& topic, model::MessageId target, const StoredRecord& source, Copies copies) {
  for (const Subscription* subscription : topic.subscriptions) {
    // One that is paused, or has not caught up, finds it in the topic.
    if (subscription->queue == nullptr || subscription->backlog != nullptr) continue;
    if (!Passes(subscription->settings.filter, input_.Of(source.message))) continue;
    Queue& queue = *subscription->queue;
    const Room room = copies == Copies::kDeadLetters ? Room::kEnough : bounds_.RoomFor(queue, source.size_bytes);
    if (room == Room::kNone && copies == Copies::kPublished && DeadLetterCopy(*subscription, target, source)) continue;
    GiveTo(queue, {target, {}, subscription->name, subscription->settings.delivery_format}, source);
    if (room == Room::kByDropping) DropOldest(queue);
  }
}

void Engine::Core::GiveTo(Queue& queue, Alias alias, const StoredRecord& source) {
  const Nanos delay = queue.settings.delivery.ordered ? Nanos{0} : queue.settings.delay;
  AppendAlias(*queue.log, std::move(alias), source, delay > Nanos{0} ? std::optional(now_ + delay) : std::nullopt);
}

RecordPtr Engine::Core::Append(MessageLog& log, StoredRecord record) {
  const Totals below = log.totals;
  record.sequence = log.next_sequence++;
  record.append_time = now_;
  if (!record.held) log.totals += {1, record.size_bytes};
  if (record.key_hash != 0) log.last_keyed = record.sequence;
  record.totals = log.totals;

  if (log.chunks.OnAppend(record.sequence, record.size_bytes + kRecordOverhead, now_, below.bytes)) {
    logs_.StateChanged(log);
    timers_.Set({TimerKind::kChunk, log.id.value()}, now_ + options_.chunk_age);
    logs_.LookAt(log);
  }
  if (log.marks.OnAppend(now_, record.sequence, below)) {
    StoreMark(journal_, log);
    DeleteDroppedMarks(journal_, log);
  }
  v0::LogRecord durable;
  ToRecord(record, false, durable);
  journal_.Put(Family::kLog, storage::PairKey(log.id.value(), record.sequence), durable);

  auto appended = std::make_shared<const StoredRecord>(std::move(record));
  tail_cache_.Add(log, appended, journal_.group());
  if (const auto retention = RetentionDue(log)) {
    timers_.SetNoLater({TimerKind::kRetention, log.id.value()}, std::max(now_, *retention + clock_.held_back()));
  }
  ScanAppended(log, *appended);
  if (!appended->held) serve_.insert(log.waiting.begin(), log.waiting.end());
  return appended;
}

}  // namespace broker::engine
