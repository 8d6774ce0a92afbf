// Who receives, and receives that are asked for again.
#include <algorithm>
#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/plan.h"
#include "broker/model/limits.h"
#include "broker/model/validation.h"

namespace broker::engine {

std::uint16_t Engine::Core::Arrived(Cursor& cursor, const Caller& caller) {
  return cursor.consumers.Arrive(model::CutText(caller.consumer, model::kMaxConsumerBytes),
                                 model::CutText(caller.peer, model::kMaxConsumerBytes), now_, cursor.outstanding);
}

Result<std::vector<ConsumerInfo>> Engine::Core::ListConsumers(const Caller& caller, const model::Target& source) {
  auto found = catalog_.FindReceivable(caller, source);
  if (!found.ok()) return found.error();
  return (*found)->consumers.List(now_, (*found)->outstanding);
}

std::optional<Plan> Engine::Core::PlanAgain(Cursor& cursor, const ReceiveRequest& request) {
  if (request.attempt_id.empty()) return std::nullopt;
  const auto* given = attempts_.Find(cursor.id.value(), request.attempt_id, now_);
  if (given == nullptr) return std::nullopt;
  Plan plan;
  plan.again = true;
  for (const ReceiveAttempts::Given& each : *given) {
    const Entry* entry = cursor.outstanding.Find(each.sequence);
    if (entry == nullptr || !entry->leased || entry->nonce != each.nonce) return std::nullopt;
    if (entry->due != each.due || entry->due <= now_) return std::nullopt;
    const RecordPtr record = Loaded(cursor, each.sequence);
    if (record != nullptr && record->damaged) return std::nullopt;
    if (record == nullptr || record->message == nullptr) {
      plan.missing.push_back(each.sequence);
    } else {
      plan.retries.push_back(record);
    }
  }
  std::sort(plan.missing.begin(), plan.missing.end());
  return plan;
}

void Engine::Core::RememberAttempt(const Cursor& cursor, const ReceiveRequest& request, const Plan& plan) {
  if (request.attempt_id.empty()) return;
  std::vector<ReceiveAttempts::Given> given;
  const auto add = [&](const std::vector<RecordPtr>& records) {
    for (const RecordPtr& record : records) {
      const Entry* entry = cursor.outstanding.Find(record->sequence);
      if (entry != nullptr && entry->leased) given.push_back({record->sequence, entry->nonce, entry->due});
    }
  };
  add(plan.retries);
  add(plan.fresh);
  attempts_.Remember(cursor.id.value(), request.attempt_id, std::move(given), now_, plan.again);
}

}  // namespace broker::engine
