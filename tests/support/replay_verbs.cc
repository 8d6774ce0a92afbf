// The verbs of EngineHarness for what is kept and given once more: seeks, snapshots, replays.
#include "tests/support/engine_harness.h"

namespace broker::test {

Result<engine::SubscriptionDescription> EngineHarness::TrySeek(const std::string& subscription, engine::SeekTo to) {
  return Call<engine::SubscriptionDescription>([&](auto done) { engine().Seek(caller, subscription, to, done); });
}
void EngineHarness::SeekToTime(const std::string& subscription, Time time) {
  const auto sought = TrySeek(subscription, {.time = time});
  ASSERT_TRUE(sought.ok()) << sought.error().message;
}
void EngineHarness::SeekToSnapshot(const std::string& subscription, const std::string& snapshot) {
  const auto sought = TrySeek(subscription, {.snapshot = snapshot});
  ASSERT_TRUE(sought.ok()) << sought.error().message;
}

Result<engine::SnapshotInfo> EngineHarness::TryCreateSnapshot(const std::string& name, const std::string& subscription,
                                                              std::optional<Nanos> life,
                                                              std::map<std::string, std::string> labels) {
  return Call<engine::SnapshotInfo>(
      [&](auto done) { engine().CreateSnapshot(caller, name, subscription, life, labels, done); });
}
void EngineHarness::CreateSnapshot(const std::string& name, const std::string& subscription,
                                   std::optional<Nanos> life) {
  const auto created = TryCreateSnapshot(name, subscription, life);
  ASSERT_TRUE(created.ok()) << created.error().message;
}
Result<engine::SnapshotInfo> EngineHarness::TryUpdateSnapshot(const std::string& name, engine::SnapshotPatch patch) {
  return Call<engine::SnapshotInfo>([&](auto done) { engine().UpdateSnapshot(caller, name, patch, done); });
}
Result<engine::SnapshotInfo> EngineHarness::TryGetSnapshot(const std::string& name) {
  return Call<engine::SnapshotInfo>([&](auto done) { engine().GetSnapshot(caller, name, done); });
}
std::string EngineHarness::Snapshots() {
  std::vector<std::string> names;
  const auto page =
      Call<engine::ListPage<engine::SnapshotInfo>>([&](auto done) { engine().ListSnapshots(caller, {}, done); });
  if (!page.ok()) return std::string(ToString(page.error().code));
  for (const auto& info : page->items) names.push_back(info.name);
  return Join(names);
}
Status EngineHarness::TryDeleteSnapshot(const std::string& name) {
  return Call<void>([&](auto done) { engine().DeleteSnapshot(caller, name, done); });
}

Result<engine::TaskInfo> EngineHarness::TryReplay(engine::ReplayRequest request) {
  return Call<engine::TaskInfo>([&](auto done) { engine().Replay(caller, request, done); });
}
engine::TaskInfo EngineHarness::Replay(engine::ReplayRequest request) {
  const auto started = TryReplay(std::move(request));
  if (!started.ok()) {
    ADD_FAILURE() << "the replay was refused: " << started.error().message;
    return {};
  }
  return Finish(started->id);
}

void EngineHarness::SetPaused(const std::string& subscription, bool paused) {
  const auto updated = TryUpdateSubscription(subscription, {.paused = paused});
  ASSERT_TRUE(updated.ok()) << updated.error().message;
}
void EngineHarness::SetTopicRetention(const std::string& topic, Nanos retention) {
  const auto updated = TryUpdateTopic(topic, {.retention = retention});
  ASSERT_TRUE(updated.ok()) << updated.error().message;
}

}  // namespace broker::test
