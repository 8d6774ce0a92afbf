// Idempotency records: the same work once, whoever asks twice.
#include "broker/model/limits.h"
#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

using namespace std::chrono_literals;
using engine::ClaimState;
using storage::Family;

class Idempotency : public EngineTest {};

TEST_F(Idempotency, AKeyIsNewOnceThenInProgressThenDone) {
  EXPECT_EQ(Claim("order-1", 1min), "new");
  EXPECT_EQ(Claim("order-2", 1min), "new") << "another key";
  const std::string token = TokenOf("order-1");
  EXPECT_EQ(Claim("order-1", 1min), "in progress");
  EXPECT_TRUE(TryComplete("order-1", token, "charged", 1h).ok());
  EXPECT_EQ(Claim("order-1", 1min), "done: charged");
}

TEST_F(Idempotency, ATokenCanStandInACommandLine) {
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_THAT(TokenOf("k"), testing::MatchesRegex("[0-9a-f]{32}")) << "one that begins with '-' is read as a flag";
}

TEST_F(Idempotency, AResultIsBytes) {
  EXPECT_EQ(Claim("k", 1min), "new");
  const std::string result("\0\xff\n", 3);
  EXPECT_TRUE(TryComplete("k", TokenOf("k"), result, 1h).ok());
  EXPECT_EQ(TryGetClaim("k")->result, result);
}

TEST_F(Idempotency, TellsUntilWhen) {
  EXPECT_EQ(TryClaim("k", 1min)->expires, now() + 1min);
  Advance(10s);
  EXPECT_EQ(TryClaim("k", 1h)->expires, now() + 50s) << "that of the claim which has it";
}

TEST_F(Idempotency, ALookClaimsNothing) {
  EXPECT_THAT(TryGetClaim("k"), Refused(ErrorCode::kNotFound, "\"k\""));
  EXPECT_EQ(Claim("k", 1min), "new");
  const auto seen = TryGetClaim("k");
  EXPECT_EQ(seen->state, ClaimState::kInProgress);
  EXPECT_TRUE(seen->token.empty()) << "who only looks must not end another's claim";
}

TEST_F(Idempotency, AReleasedKeyIsNewAgain) {
  EXPECT_EQ(Claim("k", 1min), "new");
  const std::string first = TokenOf("k");
  EXPECT_TRUE(TryReleaseClaim("k", first).ok());
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_NE(TokenOf("k"), first);
  EXPECT_THAT(TryReleaseClaim("k", first), Refused(ErrorCode::kLeaseLost, "another's"));
}

TEST_F(Idempotency, AnExpiredClaimIsNewAgainAndItsTokenIsWorthNothing) {
  EXPECT_EQ(Claim("k", 10s), "new");
  const std::string first = TokenOf("k");
  Advance(10s);
  EXPECT_THAT(TryComplete("k", first, "late", 1h), Refused(ErrorCode::kLeaseLost, "expired"));
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_THAT(TryComplete("k", first, "late", 1h), Refused(ErrorCode::kLeaseLost, "another's"));
  EXPECT_TRUE(TryComplete("k", TokenOf("k"), "in time", 1h).ok());
  EXPECT_EQ(Claim("k", 1min), "done: in time");
}

TEST_F(Idempotency, CompletingAgainWithTheSameTokenIsFine) {
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_TRUE(TryComplete("k", TokenOf("k"), "once", 1h).ok());
  EXPECT_TRUE(TryComplete("k", TokenOf("k"), "once", 1h).ok()) << "its answer was lost";
  EXPECT_EQ(Claim("k", 1min), "done: once");
}

TEST_F(Idempotency, DoneWorkIsNotReleased) {
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_TRUE(TryComplete("k", TokenOf("k"), "once", 1h).ok());
  EXPECT_THAT(TryReleaseClaim("k", TokenOf("k")), Refused(ErrorCode::kLeaseLost, "completed"));
  EXPECT_EQ(Claim("k", 1min), "done: once");
}

TEST_F(Idempotency, AForgottenKeyIsNewAgainWhateverItWas) {
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_TRUE(TryForget("k").ok());
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_TRUE(TryComplete("k", TokenOf("k"), "once", 1h).ok());
  EXPECT_TRUE(TryForget("k").ok());
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_THAT(TryForget("other"), Refused(ErrorCode::kNotFound, "other"));
}

TEST_F(Idempotency, OfTwoClaimsInOneGroupOneWins) {
  Pending<engine::IdempotencyClaim> first;
  Pending<engine::IdempotencyClaim> second;
  engine().ClaimIdempotency(caller, "k", 1min, first.done());
  engine().ClaimIdempotency(caller, "k", 1min, second.done());
  Drain();
  EXPECT_EQ(first.result()->state, ClaimState::kNew);
  EXPECT_EQ(second.result()->state, ClaimState::kInProgress);
}

TEST_F(Idempotency, ClaimAndCompletionInOneGroupLeaveOneRecord) {
  EXPECT_EQ(Claim("k", 1min), "new");
  const std::string token = TokenOf("k");
  Pending<void> completed;
  Pending<void> forgotten;
  Pending<engine::IdempotencyClaim> claimed;
  engine().CompleteIdempotency(caller, "k", token, "x", 1h, completed.done());
  engine().ForgetIdempotency(caller, "k", forgotten.done());
  engine().ClaimIdempotency(caller, "k", 2min, claimed.done());
  Drain();
  EXPECT_EQ(claimed.result()->state, ClaimState::kNew);
  EXPECT_EQ(store().KeyCount(Family::kIdempotency), 2u) << "the record, and when it expires";
}

TEST_F(Idempotency, NamespacesHaveTheirOwnKeys) {
  EXPECT_EQ(Claim("k", 1min), "new");
  caller.name_space = "other";
  EXPECT_EQ(Claim("k", 1min), "new");
}

TEST_F(Idempotency, SurvivesAKillAndAPowerCut) {
  EXPECT_EQ(Claim("claimed", 1h), "new");
  EXPECT_EQ(Claim("done", 1h), "new");
  EXPECT_TRUE(TryComplete("done", TokenOf("done"), "result", 1h).ok());
  EXPECT_EQ(Claim("released", 1h), "new");
  EXPECT_TRUE(TryReleaseClaim("released", TokenOf("released")).ok());
  PowerCutKeeping(0);
  Reopen();
  EXPECT_EQ(Claim("claimed", 1h), "in progress");
  EXPECT_EQ(Claim("done", 1h), "done: result");
  EXPECT_EQ(Claim("released", 1h), "new");
  EXPECT_TRUE(TryComplete("claimed", TokenOf("claimed"), "after all", 1h).ok()) << "its token is still good";
}

TEST_F(Idempotency, ExpiredRecordsAreDeletedAndOthersStay) {
  for (int i = 0; i < 1'200; ++i) EXPECT_EQ(Claim("short-" + std::to_string(i), 10s), "new");
  EXPECT_EQ(Claim("long", 1h), "new");
  EXPECT_EQ(Claim("completed", 10s), "new");
  EXPECT_TRUE(TryComplete("completed", TokenOf("completed"), "x", 1h).ok());
  Advance(15s);
  EXPECT_EQ(store().KeyCount(Family::kIdempotency), 4u);
  EXPECT_EQ(Claim("long", 1h), "in progress");
  EXPECT_EQ(Claim("completed", 1h), "done: x");
  Advance(1h + 2s);
  EXPECT_EQ(store().KeyCount(Family::kIdempotency), 0u);
}

TEST_F(Idempotency, WhatExpiredWhileTheBrokerWasAwayIsDeleted) {
  EXPECT_EQ(Claim("k", 10s), "new");
  KillAndReopen(1min);
  EXPECT_EQ(store().KeyCount(Family::kIdempotency), 0u);
  EXPECT_EQ(Claim("k", 10s), "new");
}

TEST_F(Idempotency, AClaimMadeAnewWhileExpiredOnesAreLookedForStays) {
  EXPECT_EQ(Claim("k", 10s), "new");
  clock().Advance(10s);
  engine().RunDue();  // begins to look
  Pending<engine::IdempotencyClaim> anew;
  engine().ClaimIdempotency(caller, "k", 1h, anew.done());
  Drain();
  EXPECT_EQ(anew.result()->state, ClaimState::kNew);
  EXPECT_EQ(Claim("k", 1h), "in progress");
  Advance(2s);
  EXPECT_EQ(Claim("k", 1h), "in progress");
  EXPECT_EQ(store().KeyCount(Family::kIdempotency), 2u);
}

TEST_F(Idempotency, AClockFarAheadHoldsExpiryBack) {
  EXPECT_EQ(Claim("k", 24h), "new");
  KillAndReopen(24h * 30);
  EXPECT_EQ(Claim("k", 1h), "in progress");
  EXPECT_GT(TryGetClaim("k")->expires, now());
  AcceptClock();
  EXPECT_EQ(Claim("k", 1h), "new");
}

TEST_F(Idempotency, BadInputIsRefused) {
  EXPECT_THAT(TryClaim("", 1min), Refused(ErrorCode::kInvalidArgument, "empty"));
  EXPECT_THAT(TryClaim(std::string(513, 'k'), 1min), Refused(ErrorCode::kInvalidArgument, "513"));
  EXPECT_TRUE(TryClaim(std::string(512, 'k'), 1min).ok());
  EXPECT_THAT(TryClaim("\xff", 1min), Refused(ErrorCode::kInvalidArgument, "UTF-8"));
  EXPECT_THAT(TryClaim("k", 999ms), Refused(ErrorCode::kInvalidArgument, "life"));
  EXPECT_THAT(TryClaim("k", 24h * 31 + 1s), Refused(ErrorCode::kInvalidArgument, "life"));
  EXPECT_EQ(Claim("k", 1min), "new");
  const std::string& token = TokenOf("k");
  EXPECT_THAT(TryComplete("k", token, std::string(model::kMaxIdempotencyResultBytes + 1, 'x'), 1h),
              Refused(ErrorCode::kLimitExceeded, "262145"));
  EXPECT_THAT(TryComplete("k", token, "x", 0s), Refused(ErrorCode::kInvalidArgument, "life"));
  EXPECT_THAT(TryComplete("k", "guess", "x", 1h), Refused(ErrorCode::kLeaseLost, "another's"));
  EXPECT_THAT(TryComplete("unknown", token, "x", 1h), Refused(ErrorCode::kLeaseLost, "unknown"));
  EXPECT_EQ(Claim("k", 1min), "in progress") << "nothing changed";
  EXPECT_TRUE(TryComplete("k", token, std::string(model::kMaxIdempotencyResultBytes, 'x'), 1h).ok());
}

TEST_F(Idempotency, AFullStoreTakesNoClaimsButLetsWorkEnd) {
  EXPECT_EQ(Claim("k", 1min), "new");
  engine().SetStorageFull("only 12 MiB are free");
  EXPECT_THAT(TryClaim("other", 1min), Refused(ErrorCode::kStorageFull, "12 MiB"));
  EXPECT_TRUE(TryComplete("k", TokenOf("k"), "done", 1h).ok());
}

TEST_F(Idempotency, EveryChangeIsSynced) {
  kv().Reset();
  EXPECT_EQ(Claim("k", 1min), "new");
  EXPECT_EQ(kv().synced_groups(), 1u);
  EXPECT_TRUE(TryComplete("k", TokenOf("k"), "x", 1h).ok());
  EXPECT_EQ(kv().synced_groups(), 2u);
  EXPECT_EQ(Claim("k", 1min), "done: x");
  EXPECT_EQ(kv().groups(), 2u) << "looking writes nothing";
}

}  // namespace
}  // namespace broker::test
