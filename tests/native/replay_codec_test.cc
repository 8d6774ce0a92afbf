#include "broker/native/replay_codec.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

#include "broker/native/info_codec.h"

namespace broker::native {
namespace {

using namespace std::chrono_literals;

template <class Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

TEST(Seeks, GoToATimeOrASnapshot) {
  const auto time = ToSeek(Parse<v1::SeekRequest>("name: 's' time { seconds: 7 nanos: 5 }"));
  ASSERT_TRUE(time.ok());
  EXPECT_EQ(time->time, Time(7s + 5ns));
  EXPECT_FALSE(time->snapshot);
  const auto snapshot = ToSeek(Parse<v1::SeekRequest>("name: 's' snapshot: 'before'"));
  ASSERT_TRUE(snapshot.ok());
  EXPECT_EQ(snapshot->snapshot, "before");
  EXPECT_FALSE(snapshot->time);
}

struct Wrong {
  const char* text;
  const char* field;
};

class WrongSeek : public testing::TestWithParam<Wrong> {};
TEST_P(WrongSeek, IsRefusedByField) {
  const auto to = ToSeek(Parse<v1::SeekRequest>(GetParam().text));
  ASSERT_FALSE(to.ok());
  EXPECT_EQ(to.error().violations.at(0).field, GetParam().field);
}
INSTANTIATE_TEST_SUITE_P(All, WrongSeek,
                         testing::Values(Wrong{"name: 's'", "to"}, Wrong{"time { nanos: -1 }", "time"},
                                         Wrong{"snapshot: ''", "snapshot"}, Wrong{"snapshot: 'a/b'", "snapshot"}));

TEST(Replays, AreReadWithTheirSpan) {
  const auto replay = ToReplay(Parse<v1::ReplayRequest>(
      "topic: 't' queue: 'q' from_time { seconds: 1 } to_time { seconds: 2 } rate: 5 delivery_format: 'f'"));
  ASSERT_TRUE(replay.ok());
  EXPECT_EQ(replay->topic, "t");
  EXPECT_EQ(replay->queue, "q");
  EXPECT_EQ(replay->from, Time(1s));
  EXPECT_EQ(replay->to, Time(2s));
  EXPECT_EQ(replay->rate, 5u);
  EXPECT_EQ(replay->delivery_format, "f");
  EXPECT_FALSE(replay->filter);
}

TEST(Replays, WithoutAnEndOrARateHaveNone) {
  const auto replay = ToReplay(Parse<v1::ReplayRequest>("topic: 't' queue: 'q' from_time {}"));
  ASSERT_TRUE(replay.ok());
  EXPECT_FALSE(replay->to);
  EXPECT_FALSE(replay->rate);
}

class WrongReplay : public testing::TestWithParam<Wrong> {};
TEST_P(WrongReplay, IsRefusedByField) {
  const auto replay = ToReplay(Parse<v1::ReplayRequest>(GetParam().text));
  ASSERT_FALSE(replay.ok());
  EXPECT_EQ(replay.error().violations.at(0).field, GetParam().field);
}
INSTANTIATE_TEST_SUITE_P(
    All, WrongReplay,
    testing::Values(Wrong{"queue: 'q' from_time {}", "topic"}, Wrong{"topic: 't' from_time {}", "queue"},
                    Wrong{"topic: 't' queue: 'q'", "from_time"},
                    Wrong{"topic: 't' queue: 'q' from_time { nanos: -1 }", "from_time"},
                    Wrong{"topic: 't' queue: 'q' from_time {} to_time { seconds: 9223372037 }", "to_time"}));

TEST(Moves, WithoutADestinationGoBack) {
  const auto move = ToMove(Parse<v1::RedriveRequest>("queue: 'dead'"));
  ASSERT_TRUE(move.ok());
  EXPECT_EQ(move->queue, "dead");
  EXPECT_FALSE(move->destination);
  EXPECT_FALSE(move->rate);
  EXPECT_FALSE(move->dry_run);
}

TEST(Moves, OfRateZeroAreNotThoseWithoutARate) {
  EXPECT_EQ(ToMove(Parse<v1::RedriveRequest>("queue: 'dead' rate: 0"))->rate, 0u) << "which the engine refuses";
}

TEST(Moves, GoToAQueueUnlessSaidOtherwise) {
  const auto queue = ToMove(Parse<v1::RedriveRequest>("queue: 'dead' destination: 'q' rate: 7 dry_run: true"));
  ASSERT_TRUE(queue.ok());
  ASSERT_TRUE(queue->destination);
  EXPECT_EQ(queue->destination->kind, model::ResourceKind::kQueue);
  EXPECT_EQ(queue->destination->name, "q");
  EXPECT_EQ(queue->rate, 7u);
  EXPECT_TRUE(queue->dry_run);
  const auto topic = ToMove(Parse<v1::RedriveRequest>("queue: 'dead' destination: 'topic/t'"));
  ASSERT_TRUE(topic.ok());
  EXPECT_EQ(topic->destination->kind, model::ResourceKind::kTopic);
  EXPECT_EQ(ToMove(Parse<v1::RedriveRequest>("queue: 'q' destination: 'a b'")).error().violations.at(0).field,
            "destination");
  EXPECT_EQ(ToMove(Parse<v1::RedriveRequest>("")).error().violations.at(0).field, "queue");
}

TEST(SnapshotPatches, TouchOnlyWhatTheMaskNames) {
  const auto patch = ToPatch(Parse<v1::UpdateSnapshotRequest>(R"(
    snapshot { name: 's' expire_time { seconds: 9 } labels { key: 'a' value: 'b' } } update_mask { paths: 'labels' })"));
  ASSERT_TRUE(patch.ok());
  EXPECT_FALSE(patch->expires);
  EXPECT_EQ(patch->labels, (std::map<std::string, std::string>{{"a", "b"}}));
  const auto expires = ToPatch(
      Parse<v1::UpdateSnapshotRequest>("snapshot { expire_time { seconds: 9 } } update_mask { paths: 'expire_time' }"));
  ASSERT_TRUE(expires.ok());
  EXPECT_EQ(expires->expires, Time(9s));
  EXPECT_FALSE(ToPatch(Parse<v1::UpdateSnapshotRequest>("update_mask { paths: 'expire_time' }")).ok());
  EXPECT_FALSE(ToPatch(Parse<v1::UpdateSnapshotRequest>("update_mask { paths: 'subscription' }")).ok());
}

TEST(SnapshotInfo, IsWritten) {
  v1::Snapshot out;
  ToProto(engine::SnapshotInfo{.name = "n",
                               .subscription = "s",
                               .topic = "t",
                               .created = Time(1s),
                               .expires = Time(2s),
                               .labels = {{"a", "b"}}},
          &out);
  EXPECT_EQ(out.name() + out.subscription() + out.topic(), "nst");
  EXPECT_EQ(out.create_time().seconds(), 1);
  EXPECT_EQ(out.expire_time().seconds(), 2);
  EXPECT_EQ(out.labels().at("a"), "b");
}

TEST(TaskInfo, IsWrittenWithItsProgress) {
  engine::TaskInfo task{.id = model::TaskId(7), .kind = "move", .source = {model::ResourceKind::kQueue, "a"}};
  v1::Task out;
  ToProto(task, &out);
  EXPECT_EQ(out.destination(), "");
  EXPECT_EQ(out.rate(), 0u);
  task.destination = model::ResourceRef{model::ResourceKind::kTopic, "t"};
  task.rate = 9;
  task.filter = "f";
  task.dry_run = true;
  task.total = 12;
  task.moved = 3;
  task.left = 4;
  task.state = engine::TaskState::kCancelled;
  ToProto(task, &out);
  EXPECT_EQ(out.id(), "7");
  EXPECT_EQ(out.destination(), "topic/t");
  EXPECT_EQ(out.rate(), 9u);
  EXPECT_EQ(out.filter(), "f");
  EXPECT_TRUE(out.dry_run());
  EXPECT_EQ(out.total(), 12u);
  EXPECT_EQ(out.moved(), 3u);
  EXPECT_EQ(out.left(), 4u);
  EXPECT_EQ(out.state(), v1::Task::CANCELLED);
}

TEST(IdempotencyRecords, AreWrittenByState) {
  v1::IdempotencyRecord out;
  ToProto(engine::IdempotencyClaim{.state = engine::ClaimState::kNew, .token = "t", .expires = Time(1s)}, &out);
  EXPECT_EQ(out.state(), v1::IdempotencyRecord::NEW);
  EXPECT_EQ(out.token(), "t");
  EXPECT_EQ(out.expire_time().seconds(), 1);
  ToProto(engine::IdempotencyClaim{.state = engine::ClaimState::kInProgress}, &out);
  EXPECT_EQ(out.state(), v1::IdempotencyRecord::IN_PROGRESS);
  ToProto(engine::IdempotencyClaim{.state = engine::ClaimState::kDone, .result = std::string("\0\xff", 2)}, &out);
  EXPECT_EQ(out.state(), v1::IdempotencyRecord::DONE);
  EXPECT_EQ(out.result(), std::string("\0\xff", 2));
}

TEST(Consumers, AreWrittenWithWhatTheyHold) {
  v1::Consumer out;
  ToProto(engine::ConsumerInfo{.name = "n", .peer = "p", .waiting = 1, .leased = 0, .last_seen = Time(3s)}, &out);
  EXPECT_FALSE(out.has_oldest_lease_time());
  EXPECT_EQ(out.last_seen_time().seconds(), 3);
  ToProto(engine::ConsumerInfo{.name = "n", .peer = "p", .leased = 2, .oldest_lease = Time(2s)}, &out);
  EXPECT_EQ(out.oldest_lease_time().seconds(), 2);
  EXPECT_EQ(out.leased(), 2u);
}

}  // namespace
}  // namespace broker::native
