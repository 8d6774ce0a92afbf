// Publishing: what is drawn at random, and what it should do.
#include <algorithm>
#include <utility>

#include "tests/engine/model_run.h"
#include "tests/engine/model_run_inline.h"

namespace broker::test {

using namespace std::chrono_literals;
using model::ResourceKind;

// `plain`: nothing whose outcome only the answer tells, for a crash that has none.
std::optional<ModelRun::Draft> ModelRun::DraftPublish(bool plain) {
  const bool to_topic = chance_.OneIn(2);
  if (to_topic ? model_.topics.empty() : model_.queues.empty()) return std::nullopt;
  Draft draft;
  const model::Deduplication* deduplication = nullptr;
  bool ordered = false;
  Nanos longest = 10min;
  if (to_topic) {
    const auto topic =
        std::next(model_.topics.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.topics.size())));
    draft.request.target = {ResourceKind::kTopic, topic->first};
    deduplication = &topic->second.deduplication;
  } else {
    const auto queue =
        std::next(model_.queues.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.queues.size())));
    draft.request.target = {ResourceKind::kQueue, queue->first};
    deduplication = &queue->second.deduplication;
    ordered = queue->second.cursor->settings.ordered;
    longest = std::min<Nanos>(longest, queue->second.cursor->settings.retention);
  }
  if (plain && deduplication->by_content) return std::nullopt;
  // Where what is dropped depends on all that is there, that is looked at first.
  for (ModelCursor* queue : model_.BoundedBehind(draft.request.target)) {
    // Who waits may get what is to go while that is being read.
    const bool drops = queue->bounds.overflow == model::Overflow::kDropOldest;
    if (plain || (drops && HasWaiters(*queue))) return std::nullopt;
    Reconcile(*queue);
    if (!model_.SortByIds(*queue)) return std::nullopt;
  }
  const std::uint64_t count = chance_.OneIn(3) ? chance_.Between(2, 8) : 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    engine::PublishEntry entry;
    const bool again = !plain && deduplication->by_content && last_body_ > 0 && chance_.OneIn(4);
    const std::uint64_t number = again ? chance_.Between(1, last_body_) : ++last_body_;
    entry.content.body = fmt::format("m{}", number);
    // The size follows from the number, so that the same number is the same body.
    const std::uint64_t size = number % 23 == 0 ? 700 : number % 40;
    entry.content.body.resize(std::max(entry.content.body.size(), static_cast<std::size_t>(size)), '.');
    if (!chance_.OneIn(3)) entry.content.ordering_key = std::string(1, static_cast<char>('a' + chance_.Below(3)));
    if (!plain && chance_.OneIn(4)) {
      if (chance_.OneIn(2)) ++last_dedup_;
      entry.content.deduplication_id = fmt::format("d{}", last_dedup_);
    }
    if (!ordered && chance_.OneIn(6)) entry.delay = Millis(chance_.Below(static_cast<std::uint64_t>(longest / 1ms)));
    if (chance_.OneIn(6)) entry.ttl = Millis(1 + chance_.Below(59'000));
    entry.content.attributes["shade"] = {.value = fmt::format("{}", ShadeOf(entry.content.body))};
    ModelEntry message;
    message.body = entry.content.body;
    message.key = entry.content.ordering_key;
    message.size = model::SizeBytes(entry.content);
    draft.entries.push_back(std::move(message));
    draft.request.entries.push_back(std::move(entry));
  }
  return draft;
}

void ModelRun::ApplyPublish(const model::Target& target, ModelEntry message, const engine::PublishEntry& entry) {
  if (target.kind == ResourceKind::kTopic) {
    model_.AddToTopic(model_.topics.at(target.name), std::move(message), entry.delay.value_or(0s), entry.ttl);
  } else {
    ModelQueue& queue = model_.queues.at(target.name);
    model_.AddToQueue(queue, std::move(message), entry.delay.value_or(queue.cursor->delay), entry.ttl);
  }
}

void ModelRun::Publish() {
  auto draft = DraftPublish(false);
  if (!draft) return;
  draft->request.all_or_nothing = chance_.OneIn(4);
  // Now and then one entry is wrong.
  std::optional<std::size_t> wrong;
  if (chance_.OneIn(12)) {
    wrong = static_cast<std::size_t>(chance_.Below(draft->entries.size()));
    draft->request.entries[*wrong].content.subject = "\xff";
  }
  Trace("publish {} to {}{}: {}", draft->entries.size(), draft->request.target.name, wrong ? ", one wrong" : "",
        Short(draft->entries[0].body));
  const bool fits = !draft->request.all_or_nothing || wrong || Fits(*draft);
  const auto response =
      Ask<engine::PublishResponse>([&](auto done) { sim_.engine().Publish(caller_, draft->request, done); });
  if (wrong && draft->request.all_or_nothing) {
    if (response.ok()) Violate(invariant::kAnswers, "a batch with a wrong entry was taken, all or nothing");
    return AfterCommand();
  }
  if (response.ok() != fits || (!fits && response.error().reason != "QUEUE_FULL")) {
    Violate(invariant::kBounds, "a batch was " + (response.ok() ? "taken" : "refused: " + response.error().message));
  }
  if (!fits) return AfterCommand();
  if (response->results.size() != draft->entries.size()) Violate(invariant::kAnswers, "not one result per entry");
  if (wrong && response->results[*wrong].ok()) Violate(invariant::kAnswers, "a wrong entry was taken");
  CheckPublished(*draft, *response);
  AfterCommand();
}

namespace {

// Under which a publish is the same as another; nullopt: none is.
std::optional<std::pair<std::string, std::string>> DedupKey(const model::Deduplication& deduplication,
                                                            const model::MessageContent& content) {
  const bool by_content = content.deduplication_id.empty();
  if (by_content && !deduplication.by_content) return std::nullopt;
  const std::string scope = deduplication.scope == model::DeduplicationScope::kGroup ? content.ordering_key : "";
  return std::pair(scope, by_content ? "body " + content.body : "id " + content.deduplication_id);
}

}  // namespace

// Whether a batch is taken that is all or nothing.
bool ModelRun::Fits(const Draft& draft) {
  const model::Target& target = draft.request.target;
  const bool to_topic = target.kind == ResourceKind::kTopic;
  const model::Deduplication deduplication =
      to_topic ? model_.topics.at(target.name).deduplication : model_.queues.at(target.name).deduplication;
  const ModelDedupTable& seen = to_topic ? model_.topics.at(target.name).seen : model_.queues.at(target.name).seen;
  std::set<std::pair<std::string, std::string>> now;
  ModelPlans plans;
  for (std::size_t i = 0; i < draft.entries.size(); ++i) {
    const engine::PublishEntry& entry = draft.request.entries[i];
    if (const auto key = DedupKey(deduplication, entry.content)) {
      const auto first = seen.find(*key);
      if (!now.insert(*key).second || (first != seen.end() && model_.now() - first->second.time < 5min)) continue;
    }
    const Nanos delay = entry.delay.value_or(to_topic ? Nanos{0} : model_.queues.at(target.name).cursor->delay);
    if (!model_.Admit(target, draft.entries[i], delay, plans)) return false;
  }
  return true;
}

void ModelRun::CheckPublished(const Draft& draft, const engine::PublishResponse& response) {
  const model::Target& target = draft.request.target;
  const bool to_topic = target.kind == ResourceKind::kTopic;
  const model::Deduplication deduplication =
      to_topic ? model_.topics.at(target.name).deduplication : model_.queues.at(target.name).deduplication;
  ModelDedupTable& seen = to_topic ? model_.topics.at(target.name).seen : model_.queues.at(target.name).seen;
  const bool stored = std::any_of(response.results.begin(), response.results.end(), [](const auto& each) { return each.ok(); });
  std::uint32_t reached = !to_topic && stored ? 1 : 0;
  for (const auto& [name, subscription] : model_.subscriptions) {
    if (!to_topic || subscription.topic != target.name) continue;
    bool reaches = stored && !subscription.filter;
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
      reaches = reaches || (response.results[i].ok() && Passes(subscription.filter, draft.entries[i].body));
    }
    if (reaches) ++reached;
  }
  if (response.subscriptions != reached) {
    Violate(invariant::kAnswers,
            fmt::format("a publish says it reached {} subscriptions, not {}", response.subscriptions, reached));
  }
  for (std::size_t i = 0; i < draft.entries.size(); ++i) {
    const engine::PublishEntry& entry = draft.request.entries[i];
    if (!entry.content.subject.empty()) continue;
    const auto key = DedupKey(deduplication, entry.content);
    const auto first = key ? seen.find(*key) : seen.end();
    const bool duplicate = first != seen.end() && model_.now() - first->second.time < 5min;
    ModelPlans none;
    const Nanos delay = entry.delay.value_or(to_topic ? Nanos{0} : model_.queues.at(target.name).cursor->delay);
    const bool taken = duplicate || draft.request.all_or_nothing || model_.Admit(target, draft.entries[i], delay, none);
    const auto& result = response.results[i];
    if (result.ok() != taken || (!taken && result.error().reason != "QUEUE_FULL")) {
      Violate(invariant::kBounds,
              fmt::format("\"{}\" was {} by {}", Short(entry.content.body),
                          result.ok() ? "taken" : "refused: " + result.error().message, target.name));
    }
    if (!taken) continue;
    const engine::Published& published = result.value();
    if (key) {
      if (published.duplicate != duplicate) {
        Violate(invariant::kDedup, fmt::format("{}: \"{}\" was {} as a duplicate", target.name, draft.entries[i].body,
                                               duplicate ? "not seen" : "seen"));
      }
      if (duplicate && published.id != first->second.id) {
        Violate(invariant::kDedup, fmt::format("{}: a duplicate of {} was answered {}", target.name,
                                               first->second.id.ToString(), published.id.ToString()));
      }
      if (duplicate) continue;
      seen[*key] = {published.id, model_.now()};
    }
    ModelEntry message = draft.entries[i];
    message.id = published.id;
    ApplyPublish(target, std::move(message), entry);
  }
}

}  // namespace broker::test
