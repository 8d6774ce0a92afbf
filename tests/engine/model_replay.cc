// Seeks, snapshots, replays, topic retention and paused queue subscriptions.
#include <algorithm>
#include <utility>

#include "tests/engine/model_run.h"
#include "tests/engine/model_run_inline.h"

namespace broker::test {

using namespace std::chrono_literals;
using model::ResourceKind;
using Verdict = ReferenceModel::Verdict;

// Of t2, to which dead letters go, it is not always known when they came.
ModelTopic* ModelRun::TopicOf(const ModelCursor& cursor) {
  if (cursor.is_queue()) return nullptr;
  const std::string& topic = model_.subscriptions.at(cursor.owner.name).topic;
  return topic.empty() || topic == "t2" ? nullptr : &model_.topics.at(topic);
}

ModelCursor* ModelRun::SomePull() {
  std::vector<ModelCursor*> pulls;
  for (ModelCursor* cursor : model_.Cursors()) {
    if (!cursor->is_queue()) pulls.push_back(cursor);
  }
  return pulls.empty() ? nullptr : pulls[static_cast<std::size_t>(chance_.Below(pulls.size()))];
}

Time ModelRun::SomeTime(const ModelTopic& topic) {
  const std::uint64_t kind = chance_.Below(4);
  if (kind == 0) return sim_.now() + 1s;
  if (kind == 1 || topic.history.empty()) return sim_.now() - Nanos{Millis(chance_.Below(1'200'000))};
  const auto& message = topic.history[static_cast<std::size_t>(chance_.Below(topic.history.size()))];
  return message.appended + (kind == 2 ? Nanos{0} : Nanos{1});
}

void ModelRun::CheckSought(ModelCursor& cursor) {
  try {
    CheckCursor(cursor);
    Reconcile(cursor);
  } catch (const Violation& violation) {
    Violate(invariant::kSought, fmt::format("{}: {}", violation.name, violation.what));
  }
}

void ModelRun::Seek() {
  ModelCursor* cursor = SomePull();
  if (cursor == nullptr) return;
  const std::string& name = cursor->owner.name;
  std::erase_if(model_.snapshots, [&](const auto& item) { return item.second.expires <= model_.now(); });
  if (!model_.snapshots.empty() && chance_.OneIn(2)) {
    const auto snapshot =
        std::next(model_.snapshots.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.snapshots.size())));
    const bool same = snapshot->second.topic_generation == model_.subscriptions.at(name).topic_generation;
    Trace("seek {} to snapshot {}", name, snapshot->first);
    const auto answer = Ask<engine::SubscriptionDescription>(
        [&](auto done) { sim_.engine().Seek(caller_, name, {.snapshot = snapshot->first}, done); });
    if (answer.ok() != same) Violate(invariant::kSought, fmt::format("{} to {}", name, snapshot->first));
    if (same) model_.SoughtSnapshot(*cursor, snapshot->second);
  } else {
    const ModelTopic* topic = TopicOf(*cursor);
    if (topic == nullptr) return;
    const Time time = SomeTime(*topic);
    const Verdict verdict = model_.MaySeek(*topic, *cursor, time);
    Trace("seek {} to {}", name, FormatTime(time));
    const auto answer = Ask<engine::SubscriptionDescription>(
        [&](auto done) { sim_.engine().Seek(caller_, name, {.time = time}, done); });
    const bool as_said = verdict == Verdict::kMay || answer.ok() == (verdict == Verdict::kMust);
    if (!as_said || (!answer.ok() && answer.error().code != ErrorCode::kFailedPrecondition)) {
      Violate(invariant::kSought, fmt::format("{} to {} was {}", name, FormatTime(time),
                                              answer.ok() ? "taken" : "refused: " + answer.error().message));
    }
    if (answer.ok()) model_.SoughtTime(*cursor, *topic, time);
  }
  AfterCommand();
  CheckSought(*cursor);
}

void ModelRun::Snapshot() {
  std::erase_if(model_.snapshots, [&](const auto& item) { return item.second.expires <= model_.now(); });
  const std::size_t there = model_.snapshots.size();
  if (there >= 3 || (there >= options_.max_snapshots && chance_.OneIn(2))) {
    const auto snapshot = std::next(model_.snapshots.begin(), static_cast<std::ptrdiff_t>(chance_.Below(there)));
    Trace("delete snapshot {}", snapshot->first);
    const auto answer = Ask<void>([&](auto done) { sim_.engine().DeleteSnapshot(caller_, snapshot->first, done); });
    if (!answer.ok()) Violate(invariant::kAnswers, answer.error().message);
    model_.snapshots.erase(snapshot);
    return AfterCommand();
  }
  ModelCursor* cursor = SomePull();
  const ModelTopic* topic = cursor == nullptr ? nullptr : TopicOf(*cursor);
  if (topic == nullptr) return;
  // One that has had its attempts may go to the dead letters at any moment.
  Reconcile(*cursor);
  if (std::any_of(cursor->entries.begin(), cursor->entries.end(), [](const auto& entry) { return entry.stuck; }))
    return;
  const std::string name = fmt::format("n{}", ++last_snapshot_);
  const Nanos life = chance_.OneIn(2) ? Nanos{Millis(1 + chance_.Below(600'000))} : Nanos{24h * 31};
  Trace("snapshot {} of {} for {}", name, cursor->owner.name, FormatDuration(life));
  const auto created = Ask<engine::SnapshotInfo>([&](auto done) {
    sim_.engine().CreateSnapshot(caller_, name, cursor->owner.name, life, {{"of", cursor->owner.name}}, done);
  });
  CheckTaken("a snapshot of " + cursor->owner.name, created.ok() ? Status() : created.error(),
             AgainstNew(false, {}, there, options_.max_snapshots));
  if (created.ok()) model_.snapshots[name] = model_.Freeze(*cursor, *topic, sim_.now() + life);
  AfterCommand();
}

void ModelRun::Replay() {
  if (model_.topics.empty() || model_.queues.empty()) return;
  const auto topic = std::next(model_.topics.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.topics.size())));
  const auto queue = std::next(model_.queues.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.queues.size())));
  ModelCursor& cursor = *queue->second.cursor;
  if (topic->first == "t2" || HasWaiters(cursor)) return;
  engine::ReplayRequest request{.topic = topic->first, .queue = queue->first, .delivery_format = "again"};
  if (chance_.OneIn(2)) request.from = SomeTime(topic->second);
  if (chance_.OneIn(3)) request.to = request.from + 1ns + Millis(chance_.Below(600'000));
  const auto filter = SomeFilter(3);
  if (filter) request.filter = *model::Filter::Parse(filter->Text());
  Trace("replay {} into {} from {}", topic->first, queue->first, FormatTime(request.from));
  auto task = Ask<engine::TaskInfo>([&](auto done) { sim_.engine().Replay(caller_, request, done); });
  const bool kept = topic->second.retention > 0s;
  if (task.ok() != kept)
    Violate(invariant::kReplayed, task.ok() ? "of a topic that keeps nothing" : task.error().message);
  if (kept) {
    task = Ask<engine::TaskInfo>([&](auto done) { sim_.engine().GetTask(caller_, task->id, done); });
    if (!task.ok() || task->state != engine::TaskState::kDone) Violate(invariant::kReplayed, "a replay did not end");
    const auto given =
        model_.Replayed(topic->second, cursor, request.from, request.to.value_or(Time::max()), "again", filter);
    if (task->moved < given.sure || task->moved > given.most) {
      Violate(invariant::kReplayed, fmt::format("{} were given, not {} to {}", task->moved, given.sure, given.most));
    }
  }
  AfterCommand();
  CheckCursor(cursor);
}

void ModelRun::UpdateTopic() {
  if (model_.topics.empty()) return;
  const auto topic = std::next(model_.topics.begin(), static_cast<std::ptrdiff_t>(chance_.Below(model_.topics.size())));
  const Nanos some[] = {0s, 10min, 30min, 24h};
  const Nanos retention = some[chance_.Below(4)];
  Trace("update topic {}: retention {}", topic->first, FormatDuration(retention));
  const auto updated = Ask<engine::TopicInfo>(
      [&](auto done) { sim_.engine().UpdateTopic(caller_, topic->first, {.retention = retention}, done); });
  if (!updated.ok()) Violate(invariant::kAnswers, updated.error().message);
  model_.ChangeTopicRetention(topic->second, retention);
  AfterCommand();
}

// ---- paused subscriptions

void ModelRun::Pause() {
  std::vector<ModelSubscription*> some;
  for (auto& [name, subscription] : model_.subscriptions) {
    if (subscription.queue) some.push_back(&subscription);
  }
  if (!some.empty()) PauseOrResume(*some[static_cast<std::size_t>(chance_.Below(some.size()))]);
}

void ModelRun::PauseOrResume(ModelSubscription& subscription) {
  const std::string name = subscription.name;
  const bool paused = !subscription.paused;
  Trace("{} {}", paused ? "pause" : "resume", name);
  const auto updated = Ask<engine::SubscriptionInfo>(
      [&](auto done) { sim_.engine().UpdateSubscription(caller_, name, {.paused = paused}, done); });
  if (!updated.ok()) Violate(invariant::kAnswers, updated.error().message);
  subscription.paused = paused;
  if (!paused) {
    model_.Resumed(subscription);
    if (subscription.topic.empty()) model_.subscriptions.erase(name);
  }
  AfterCommand();
}

// A deleted topic's queue subscriptions stay while something waits: whether it does may be open.
void ModelRun::AdoptDetached() {
  std::vector<std::string> gone;
  for (auto& [name, subscription] : model_.subscriptions) {
    if (!subscription.topic.empty() || !subscription.queue) continue;
    const auto waiting = model_.CountWaiting(subscription);
    const std::string& subscription_name = name;  // clang 14 captures no structured binding
    const auto described = Ask<engine::SubscriptionDescription>(
        [&](auto done) { sim_.engine().DescribeSubscription(caller_, subscription_name, done); });
    if (!described.ok() && waiting.sure > 0) Violate(invariant::kPaused, name + " went while something waits for it");
    if (!described.ok()) gone.push_back(name);
  }
  for (const std::string& name : gone) model_.subscriptions.erase(name);
}

// ---- checks

void ModelRun::CheckKept() {
  for (const auto& [name, subscription] : model_.subscriptions) {
    if (!subscription.queue) continue;
    const std::string& subscription_name = name;  // clang 14 captures no structured binding
    const auto described = Ask<engine::SubscriptionDescription>(
        [&](auto done) { sim_.engine().DescribeSubscription(caller_, subscription_name, done); });
    if (!described.ok()) Violate(invariant::kPaused, name + " is gone: " + described.error().message);
    const auto waiting = model_.CountWaiting(subscription);
    if (described->stats.ready < waiting.sure || described->stats.ready > waiting.most) {
      Violate(invariant::kPaused, fmt::format("{} shows {} that wait, not {} to {}", name, described->stats.ready,
                                              waiting.sure, waiting.most));
    }
  }
  std::erase_if(model_.snapshots, [&](const auto& item) { return item.second.expires <= model_.now(); });
  const auto listed =
      Ask<engine::ListPage<engine::SnapshotInfo>>([&](auto done) { sim_.engine().ListSnapshots(caller_, {}, done); });
  if (!listed.ok()) Violate(invariant::kAnswers, listed.error().message);
  const bool same = std::equal(listed->items.begin(), listed->items.end(), model_.snapshots.begin(),
                               model_.snapshots.end(), [](const auto& info, const auto& item) {
                                 return info.name == item.first && info.expires == item.second.expires;
                               });
  if (!same) Violate(invariant::kAnswers, fmt::format("{} snapshots are listed", listed->items.size()));
}

// ---- crashes: what to do if the command's group was written

std::function<void()> ModelRun::StartSeek() {
  ModelCursor* cursor = SomePull();
  if (cursor == nullptr) return nullptr;
  Trace("crash in a seek of {}", cursor->owner.name);
  sim_.engine().Seek(caller_, cursor->owner.name, {.time = sim_.now() + 1s},
                     Pending<engine::SubscriptionDescription>().done());
  return [this, cursor] { model_.SoughtTime(*cursor, ModelTopic{}, Time::max()); };
}

std::function<void()> ModelRun::StartResume() {
  for (auto& [name, subscription] : model_.subscriptions) {
    if (!subscription.paused || subscription.topic.empty()) continue;
    Trace("crash in resuming {}", name);
    sim_.engine().UpdateSubscription(caller_, name, {.paused = false}, Pending<engine::SubscriptionInfo>().done());
    ModelSubscription* resumed = &subscription;
    return [this, resumed] { model_.Resumed(*resumed); };
  }
  return nullptr;
}

// ---- the end

void ModelRun::KeepNothing() {
  std::vector<std::string> paused;
  for (const auto& [name, subscription] : model_.subscriptions) {
    if (subscription.paused) paused.push_back(name);
  }
  for (const std::string& name : paused) PauseOrResume(model_.subscriptions.at(name));
  for (auto& [name, topic] : model_.topics) {
    const std::string& topic_name = name;
    const auto updated = Ask<engine::TopicInfo>(
        [&](auto done) { sim_.engine().UpdateTopic(caller_, topic_name, {.retention = Nanos{0}}, done); });
    if (!updated.ok()) Violate(invariant::kAnswers, updated.error().message);
    model_.ChangeTopicRetention(topic, Nanos{0});
  }
  for (auto& [name, subscription] : model_.subscriptions) {
    if (subscription.cursor == nullptr) continue;
    const std::string& subscription_name = name;
    const auto updated = Ask<engine::SubscriptionInfo>([&](auto done) {
      sim_.engine().UpdateSubscription(caller_, subscription_name,
                                       {.delivery = {.paused = false, .retain_acknowledged = false}}, done);
    });
    if (!updated.ok()) Violate(invariant::kAnswers, updated.error().message);
    subscription.cursor->settings.paused = false;
    subscription.cursor->kept_since.reset();
    model_.UpdateRedrive(*subscription.cursor);
  }
  for (auto& [name, queue] : model_.queues) {
    const std::string& queue_name = name;
    const auto updated = Ask<engine::QueueInfo>(
        [&](auto done) { sim_.engine().UpdateQueue(caller_, queue_name, {.delivery = {.paused = false}}, done); });
    if (!updated.ok()) Violate(invariant::kAnswers, updated.error().message);
    queue.cursor->settings.paused = false;
    model_.UpdateRedrive(*queue.cursor);
  }
  std::erase_if(model_.snapshots, [&](const auto& item) { return item.second.expires <= model_.now(); });
  for (const auto& [name, snapshot] : std::exchange(model_.snapshots, {})) {
    const std::string& snapshot_name = name;
    const auto answer = Ask<void>([&](auto done) { sim_.engine().DeleteSnapshot(caller_, snapshot_name, done); });
    if (!answer.ok()) Violate(invariant::kAnswers, answer.error().message);
  }
  AfterCommand();
}

}  // namespace broker::test
