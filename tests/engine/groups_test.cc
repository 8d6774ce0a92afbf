// Fair sharing between the groups of an unordered queue, and independence of those of an ordered one.
#include <fmt/format.h>

#include "broker/engine/groups.h"
#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using storage::Family;

class GroupSharing : public EngineTest {
 protected:
  explicit GroupSharing(engine::EngineOptions options = {}) : EngineTest(options) { CreateQueue("orders"); }

  // `count` messages of a group, such as "noisy-0".
  void PublishGroup(const std::string& key, int count, const std::string& queue = "orders") {
    for (int done = 0; done < count;) {
      engine::PublishRequest request{.target = {std::nullopt, queue}};
      for (; done < count && request.entries.size() < 1'000; ++done) {
        request.entries.emplace_back();
        request.entries.back().content.body = fmt::format("{}-{}", key, done);
        request.entries.back().content.ordering_key = key;
      }
      ASSERT_TRUE(TryPublish(request).ok());
    }
  }
};

TEST_F(GroupSharing, AQuietGroupDoesNotWaitBehindANoisyOne) {
  PublishGroup("noisy", 1'500);
  PublishGroup("quiet", 2);
  EXPECT_EQ(Receive("orders", 1), "noisy-0");
  EXPECT_EQ(Receive("orders", 1), "quiet-0") << "the noisy one has a message in flight";
  EXPECT_EQ(Receive("orders", 1), "noisy-1") << "one each; the older first";
  EXPECT_EQ(Receive("orders", 1), "quiet-1");
  EXPECT_EQ(Counts("orders"), "1498 ready, 4 leased") << "moving ahead changes no count";
  EXPECT_EQ(Receive("orders", 2), "noisy-2,noisy-3");
}

TEST_F(GroupSharing, EachGroupGetsItsTurnWithinAReceive) {
  PublishGroup("a", 10);
  PublishGroup("b", 3);
  PublishGroup("c", 1);
  EXPECT_EQ(Receive("orders", 6), "a-0,a-1,a-2,b-0,b-1,c-0");
}

TEST_F(GroupSharing, WhoeverWorksSlowlyDelaysNobodyElse) {
  PublishGroup("slow", 20);
  PublishGroup("fast", 20);
  EXPECT_EQ(Receive("orders", 1), "slow-0");
  for (int i = 0; i < 10; ++i) {
    const std::string next = fmt::format("fast-{}", i);
    EXPECT_EQ(Receive("orders", 1), next);
    Ack("orders", next);
  }
  Ack("orders", "slow-0");
  EXPECT_EQ(Receive("orders", 1), "slow-1");
}

TEST_F(GroupSharing, AGroupWhoseMessagesFailDelaysNobodyElse) {
  PublishGroup("bad", 5);
  PublishGroup("good", 5);
  EXPECT_EQ(Receive("orders", 3), "bad-0,bad-1,good-0");
  Nack("orders", "bad-0");
  EXPECT_EQ(Receive("orders", 2), "bad-0,good-1") << "two each in flight";
  Nack("orders", "bad-0,bad-1");
  EXPECT_EQ(Receive("orders", 4), "bad-0,bad-1,bad-2,good-2") << "retries take half at most, then the fewest in flight";
}

TEST_F(GroupSharing, MessagesWithoutAKeyAreOneGroupAmongOthers) {
  Publish("orders", "x,y,z");
  PublishGroup("a", 2);
  EXPECT_EQ(Receive("orders", 1), "x");
  EXPECT_EQ(Receive("orders", 1), "a-0");
  EXPECT_EQ(Receive("orders", 3), "y,z,a-1");
}

TEST_F(GroupSharing, OneGroupAloneIsServedInOrder) {
  PublishGroup("a", 25);
  std::vector<std::string> received;
  for (int i = 0; i < 5; ++i) {
    const auto some = Split(Receive("orders", 5));
    received.insert(received.end(), some.begin(), some.end());
  }
  for (int i = 0; i < 25; ++i) EXPECT_EQ(received[static_cast<std::size_t>(i)], fmt::format("a-{}", i));
}

TEST_F(GroupSharing, ABacklogOfMoreThanTheLookAheadIsDeliveredInFull) {
  PublishGroup("a", 3'000);
  PublishGroup("b", 3'000);
  std::set<std::string> received;
  for (int i = 0; i < 20; ++i) {
    const auto some = Split(Receive("orders", 1'000));
    received.insert(some.begin(), some.end());
    if (received.size() == 6'000) break;
    if (i == 2) KillAndReopen();
  }
  EXPECT_EQ(received.size(), 6'000u);
  EXPECT_EQ(Counts("orders"), "6000 leased");
}

TEST_F(GroupSharing, ColdGroupsAreSharedBetweenAsWell) {
  PublishGroup("noisy", 1'500);
  PublishGroup("quiet", 2);
  KillAndReopen();
  // What is read ahead while the first ones go shows the quiet one.
  std::string received;
  for (int i = 0; i < 20 && received.find("quiet") == std::string::npos; ++i) received += Receive("orders", 1) + ",";
  EXPECT_NE(received.find("quiet-0"), std::string::npos) << received;
}

TEST_F(GroupSharing, WhatWasSteppedOverSurvivesAPowerCut) {
  PublishGroup("noisy", 100);
  PublishGroup("quiet", 1);
  EXPECT_EQ(Receive("orders", 1), "noisy-0");
  EXPECT_EQ(Receive("orders", 1), "quiet-0");
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Counts("orders"), "101 ready");
  EXPECT_EQ(TryAck("orders", {ReceiptOf("orders", "quiet-0")}), "ok");
  EXPECT_EQ(Counts("orders"), "100 ready");
}

TEST_F(GroupSharing, ASubscriptionSharesToo) {
  CreateTopic("events");
  CreatePull("mail", "events");
  PublishGroup("noisy", 50, "events");
  PublishGroup("quiet", 1, "events");
  EXPECT_EQ(Receive("mail", 1), "noisy-0");
  EXPECT_EQ(Receive("mail", 1), "quiet-0");
}

std::string CostsOf(const std::string& key) {
  EngineHarness harness;
  harness.CreateQueue("orders");
  harness.kv().CountKeys();
  for (int batch = 0; batch < 5; ++batch) {
    engine::PublishRequest request{.target = {std::nullopt, "orders"}};
    request.entries.resize(1'000);
    for (auto& entry : request.entries) {
      entry.content.body = "body";
      entry.content.ordering_key = key;
    }
    EXPECT_TRUE(harness.TryPublish(request).ok());
  }
  harness.kv().Reset();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(harness.Deliveries("orders", 10).size(), 10u);
  return fmt::format("{} groups, {} pages put", harness.kv().groups(), harness.kv().of(Family::kOutstanding).puts);
}

TEST(GroupCosts, AReceiveWithoutKeysOrFromOneGroupTouchesNothingMore) {
  EXPECT_EQ(CostsOf(""), "50 groups, 57 pages put");
  EXPECT_EQ(CostsOf("k"), CostsOf(""));
}

// ---- ordered

class OrderedGroups : public GroupSharing {
 protected:
  OrderedGroups() {
    model::QueueSettings settings;
    settings.delivery.ordered = true;
    settings.delivery.visibility_timeout = 1h;
    CreateQueue("strict", settings);
  }
};

TEST_F(OrderedGroups, AThousandAreHandedOutSideBySide) {
  for (int round = 0; round < 3; ++round) {
    engine::PublishRequest request{.target = {std::nullopt, "strict"}};
    request.entries.resize(1'000);
    for (int i = 0; i < 1'000; ++i) {
      auto& content = request.entries[static_cast<std::size_t>(i)].content;
      content.body = fmt::format("{}.{}", i, round);
      content.ordering_key = std::to_string(i);
    }
    ASSERT_TRUE(TryPublish(request).ok());
  }
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Deliveries("strict", 100).size(), 100u) << i;
  EXPECT_EQ(Receive("strict", 10), "") << "every head is leased";
  PublishGroup("late", 1, "strict");
  EXPECT_EQ(Receive("strict", 10), "late-0") << "behind 2000 that are blocked";
  Ack("strict", "17.0,4.0");
  EXPECT_EQ(Receive("strict", 10), "4.1,4.2,17.1,17.2");
}

TEST_F(OrderedGroups, AGroupIsFoundBehindMoreThanOneTurnPasses) {
  PublishGroup("deep", 50'000, "strict");
  PublishGroup("late", 1, "strict");
  EXPECT_EQ(Receive("strict", 1), "deep-0");
  EXPECT_EQ(Receive("strict", 1), "late-0");
  EXPECT_EQ(Counts("strict"), "49999 ready, 2 leased");
}

TEST_F(OrderedGroups, DepthCostsNothing) {
  const auto cost_per_message = [&](int depth) {
    PublishGroup("k", depth, "strict");
    // What has to be passed is passed once.
    for (int i = 0; i < 2; ++i) {
      const auto first = Deliveries("strict", 1);
      TryAck("strict", {first.at(0).receipt});
    }
    kv().Reset();
    for (int i = 0; i < 100; ++i) {
      const auto one = Deliveries("strict", 1);
      EXPECT_EQ(one.size(), 1u);
      TryAck("strict", {one.at(0).receipt});
    }
    const auto puts = kv().of(Family::kOutstanding).puts;
    Purge("strict");
    return puts;
  };
  const auto shallow = cost_per_message(300);
  const auto deep = cost_per_message(216'000);
  EXPECT_LE(deep, 2 * shallow + 10) << "shallow: " << shallow;
}

TEST_F(OrderedGroups, ANackAtDepthTouchesOnlyWhatWasHandedOut) {
  PublishGroup("k", 20'000, "strict");
  EXPECT_EQ(Receive("strict", 2), "k-0,k-1");
  EXPECT_EQ(Receive("strict", 1), "") << "and everything behind it is passed";
  kv().Reset();
  Nack("strict", "k-0");
  EXPECT_EQ(kv().of(Family::kOutstanding).puts, 1u);
  EXPECT_EQ(Receive("strict", 3), "k-0,k-1,k-2");
}

// ---- the order of turns

TEST(GroupTurns, GoToTheFewestInFlightAndCountWhatWasChosen) {
  engine::Groups groups;
  for (std::uint64_t i = 1; i <= 6; ++i) groups.AddReady(1, i, false);
  for (std::uint64_t i = 7; i <= 9; ++i) groups.AddReady(2, i, false);
  groups.AddReady(0, 10, false);
  groups.AddLease(2);
  EXPECT_EQ(groups.Share(10, 5), (std::vector<std::uint64_t>{1, 10, 2, 7, 3, 8, 4, 9, 5, 6}));
  EXPECT_EQ(groups.Share(2, 1), (std::vector<std::uint64_t>{1, 10}));
}

TEST(GroupTurns, GiveRetriesHalfAtMostUnlessNothingElseIsLeft) {
  engine::Groups groups;
  for (std::uint64_t i = 1; i <= 4; ++i) groups.AddReady(1, i, true);
  groups.AddReady(1, 5, false);
  groups.AddReady(2, 6, true);
  EXPECT_EQ(groups.Share(6, 3), (std::vector<std::uint64_t>{1, 6, 2, 5, 3, 4}));
}

TEST(GroupTurns, ForgetEmptyGroups) {
  engine::Groups groups;
  groups.AddReady(1, 1, false);
  groups.AddLease(2);
  groups.AddReady(0, 3, true);
  EXPECT_EQ(groups.size(), 3u);
  groups.RemoveReady(1, 1, false);
  groups.RemoveLease(2);
  EXPECT_EQ(groups.keyed(), 0u);
  EXPECT_EQ(groups.size(), 1u);
  groups.RemoveReady(9, 9, false);
  EXPECT_EQ(groups.OldestOf(0, 5), std::vector<std::uint64_t>{3});
  groups.RemoveReady(0, 3, true);
  EXPECT_FALSE(groups.HasReady());
  EXPECT_TRUE(groups.Share(3, 1).empty());
}

}  // namespace
}  // namespace broker::test
