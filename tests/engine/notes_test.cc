// Labels and annotations: carried, patched, kept.
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using Notes = EngineTest;

const model::Notes kNotes{{{"team", "billing"}, {"tier", "1"}}, {{"face.color", "blue"}, {"face.size", "9"}}};

TEST_F(Notes, StandOnTopicsQueuesAndSubscriptionsAndSurviveARestart) {
  CreateTopic("t", {.notes = kNotes});
  CreateQueue("q", {.notes = kNotes});
  ASSERT_TRUE(TryCreateSubscription("pull", {.topic = "t", .notes = kNotes}).ok());
  ASSERT_TRUE(TryCreateSubscription("push", {.topic = "t", .queue = "q", .notes = kNotes}).ok());
  KillAndReopen();
  EXPECT_EQ(DescribeTopic("t")->info.settings.notes, kNotes);
  EXPECT_EQ(DescribeQueue("q")->info.settings.notes, kNotes);
  EXPECT_EQ(DescribeSubscription("pull")->info.settings.notes, kNotes);
  EXPECT_EQ(DescribeSubscription("push")->info.settings.notes, kNotes);
}

TEST_F(Notes, ArePatchedLabelsAsAWholeAndAnnotationsOneByOne) {
  const engine::NotesPatch patch{{{{"team", "shipping"}}}, {{"face.color", ""}, {"face.shape", "round"}}};
  const model::Notes patched{{{"team", "shipping"}}, {{"face.shape", "round"}, {"face.size", "9"}}};
  CreateTopic("t", {.notes = kNotes});
  CreateQueue("q", {.notes = kNotes});
  ASSERT_TRUE(TryCreateSubscription("s", {.topic = "t", .notes = kNotes}).ok());
  EXPECT_EQ(TryUpdateTopic("t", {.notes = patch})->settings.notes, patched);
  EXPECT_EQ(TryUpdateQueue("q", {.notes = patch})->settings.notes, patched);
  EXPECT_EQ(TryUpdateSubscription("s", {.notes = patch})->settings.notes, patched);
  KillAndReopen();
  EXPECT_EQ(DescribeTopic("t")->info.settings.notes, patched);
  EXPECT_EQ(DescribeQueue("q")->info.settings.notes, patched);
  EXPECT_EQ(DescribeSubscription("s")->info.settings.notes, patched);
  EXPECT_EQ(TryUpdateQueue("q", {.notes = {.labels = {{}}}})->settings.notes.labels.size(), 0u);
}

TEST_F(Notes, ThatAreWrongAreRefusedAndChangeNothing) {
  CreateTopic("t", {.notes = kNotes});
  CreateQueue("q", {.notes = kNotes});
  const engine::NotesPatch patch{{{{"team", "\xff"}}}, {}};
  EXPECT_THAT(TryUpdateTopic("t", {.deduplicate_by_content = true, .notes = patch}),
              Refused(ErrorCode::kInvalidArgument, "notes.labels"));
  EXPECT_EQ(DescribeTopic("t")->info.settings, model::TopicSettings{.notes = kNotes});
  EXPECT_THAT(TryUpdateQueue("q", {.notes = patch}), Refused(ErrorCode::kInvalidArgument, "notes.labels"));
  EXPECT_THAT(TryCreateTopic("u", {.notes = {.labels = {{"", "x"}}}}),
              Refused(ErrorCode::kInvalidArgument, "notes.labels"));
}

TEST_F(Notes, OfAPullSubscriptionOutliveItsTopic) {
  CreateTopic("t");
  ASSERT_TRUE(TryCreateSubscription("s", {.topic = "t", .notes = kNotes}).ok());
  DeleteTopic("t");
  KillAndReopen();
  EXPECT_EQ(DescribeSubscription("s")->info.settings.notes, kNotes);
}

}  // namespace
}  // namespace broker::test
