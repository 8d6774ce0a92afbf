#include <fmt/format.h>

#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/store.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

using storage::Family;

std::pair<std::string, std::string> RangeOf(std::uint64_t id) {
  return {storage::PairKey(id, 0), storage::PairKey(id + 1, 0)};
}

}  // namespace

Result<TopicInfo> Engine::Core::CreateTopic(const Caller& caller, std::string name, model::TopicSettings settings) {
  BROKER_RETURN_IF_ERROR(model::CheckName("namespace", caller.name_space));
  BROKER_RETURN_IF_ERROR(model::CheckName("name", name));
  BROKER_RETURN_IF_ERROR(model::Check(settings));
  BROKER_RETURN_IF_ERROR(room_.Check());
  if (catalog_.topics.Find(caller.name_space, name) != nullptr) {
    return Error(ErrorCode::kAlreadyExists, "TOPIC_EXISTS",
                 fmt::format("topic \"{}\" is already there in namespace \"{}\"", name, caller.name_space), "topic/" + name);
  }
  BROKER_RETURN_IF_ERROR(Catalog::CheckQuota(caller.name_space, "topics", catalog_.topics.CountIn(caller.name_space),
                                             options_.max_topics));
  auto topic = std::make_unique<Topic>();
  topic->name_space = caller.name_space;
  topic->name = std::move(name);
  topic->created = now_;
  topic->settings = settings;
  topic->log = &logs_.Add(model::LogId(NextId()));
  topic->log->retention = topic->settings.retention;
  Topic& added = catalog_.topics.Add(std::move(topic));
  added.log->topic = &added;
  StoreTopic(journal_, added, false);
  return added.Info();
}

Result<TopicInfo> Engine::Core::UpdateTopic(const Caller& caller, const std::string& name, const TopicPatch& patch) {
  auto topic = catalog_.FindTopic(caller, name);
  if (!topic.ok()) return topic.error();
  model::TopicSettings settings = (*topic)->settings;
  Patch(settings.notes, patch.notes);
  model::Deduplication& deduplication = settings.deduplication;
  deduplication.by_content = patch.deduplicate_by_content.value_or(deduplication.by_content);
  deduplication.scope = patch.deduplication_scope.value_or(deduplication.scope);
  settings.retention = patch.retention.value_or(settings.retention);
  BROKER_RETURN_IF_ERROR(model::Check(settings));
  (*topic)->settings = std::move(settings);
  ApplyTopicRetention(*(*topic)->log, (*topic)->settings.retention);
  StoreTopic(journal_, **topic, false);
  return (*topic)->Info();
}

Status Engine::Core::DeleteTopic(const Caller& caller, const std::string& name, bool force) {
  auto found = catalog_.FindTopic(caller, name);
  if (!found.ok()) return found.error();
  Topic& topic = **found;
  const auto sources = catalog_.DeadLetterSources(caller.name_space, {model::ResourceKind::kTopic, name});
  if (!sources.empty() && !force) {
    return Error(ErrorCode::kFailedPrecondition, "DEAD_LETTER_TARGET_IN_USE",
                 fmt::format("topic \"{}\" is the dead-letter target of {}; change that first, or force it", name,
                             fmt::join(sources, ", ")),
                 "topic/" + name);
  }
  if (const std::uint64_t delayed = topic.log->delayed.messages; delayed > 0 && !force) {
    return Error(ErrorCode::kFailedPrecondition, "DELAYED_MESSAGES",
                 fmt::format("topic \"{}\" holds {} delayed message(s) that nobody would get any more: cancel them, wait "
                             "until they are due, or force it",
                             name, delayed),
                 "topic/" + name);
  }
  const std::vector<Subscription*> subscriptions = topic.subscriptions;
  for (Subscription* subscription : subscriptions) {
    // What waits for a queue still follows; then the subscription goes.
    if (subscription->queue != nullptr &&
        (subscription->backlog == nullptr || subscription->backlog->unread().messages == 0)) {
      RemoveSubscription(*subscription);
      continue;
    }
    subscription->topic = nullptr;
    subscription->settings.topic.clear();
    StoreSubscription(journal_, *subscription);
  }
  catalog_.snapshots.ForEach([&](Snapshot& snapshot) {
    if (snapshot.topic == &topic) snapshot.topic = nullptr;
  });
  MessageLog& log = *topic.log;
  schedule_.Clear(log);
  ApplyTopicRetention(log, Nanos{0});
  log.deleted = true;
  log.topic = nullptr;
  StoreTopic(journal_, topic, true);
  catalog_.topics.Erase(topic);
  logs_.LookAt(log);
  return {};
}

// Everything of a log that nobody can name and nothing needs.
void Engine::Core::RemoveLog(MessageLog& log) {
  const std::uint64_t id = log.id.value();
  BROKER_CHECK(log.cursors.empty());
  while (!log.chunks.chunks().empty()) {
    if (log.chunks.chunks().back().open()) log.chunks.Close(log.next_sequence - 1);
    logs_.DropChunk(log, log.chunks.chunks().back().first);  // newer ones name older ones
  }
  schedule_.Clear(log);
  const auto [from, to] = RangeOf(id);
  if (!log.kept.empty()) journal_.DeleteRange(Family::kKept, from, to);
  if (!log.marks.empty()) journal_.DeleteRange(Family::kMarks, from, to);
  for (const char kind : {'t', 'q', 'l', 'd'}) journal_.Delete(Family::kCatalog, storage::KindKey(kind, id));
  for (const TimerKind kind : {TimerKind::kDelay, TimerKind::kRetention, TimerKind::kChunk}) timers_.Clear({kind, id});
  journal_.RequireSync();
  tail_cache_.Forget(log);
  logs_.Erase(log);
}

}  // namespace broker::engine
