// The verbs of EngineHarness for idempotency records.
#include "tests/support/engine_harness.h"

namespace broker::test {

std::string EngineHarness::Claim(const std::string& key, Nanos life) {
  const auto claim = TryClaim(key, life);
  if (!claim.ok()) {
    ADD_FAILURE() << "claiming " << key << " was refused: " << claim.error().message;
    return "refused";
  }
  switch (claim->state) {
    case engine::ClaimState::kInProgress: return "in progress";
    case engine::ClaimState::kDone: return "done: " + claim->result;
    case engine::ClaimState::kNew: break;
  }
  tokens_[key] = claim->token;
  return "new";
}
Result<engine::IdempotencyClaim> EngineHarness::TryClaim(const std::string& key, Nanos life) {
  return Call<engine::IdempotencyClaim>([&](auto done) { engine().ClaimIdempotency(caller, key, life, done); });
}
Status EngineHarness::TryComplete(const std::string& key, const std::string& token, const std::string& result,
                                  Nanos life) {
  return Call<void>([&](auto done) { engine().CompleteIdempotency(caller, key, token, result, life, done); });
}
Status EngineHarness::TryReleaseClaim(const std::string& key, const std::string& token) {
  return Call<void>([&](auto done) { engine().ReleaseIdempotency(caller, key, token, done); });
}
Status EngineHarness::TryForget(const std::string& key) {
  return Call<void>([&](auto done) { engine().ForgetIdempotency(caller, key, done); });
}
Result<engine::IdempotencyClaim> EngineHarness::TryGetClaim(const std::string& key) {
  return Call<engine::IdempotencyClaim>([&](auto done) { engine().GetIdempotency(caller, key, done); });
}

}  // namespace broker::test
