#include "broker/aws/sqs/queue_settings.h"

#include <algorithm>

#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {
namespace {

// The text of the policy as it was sent; null: it was not.
const std::string* PolicyIn(const Texts& given) {
  const auto found =
      std::find_if(given.begin(), given.end(), [](const auto& each) { return each.first == "RedrivePolicy"; });
  return found == given.end() ? nullptr : &found->second;
}

}  // namespace

std::optional<Refusal> CheckDeadLetterQueue(const Backend& backend, const Texts& given, const QueueDraft& draft) {
  const std::string* const policy = PolicyIn(given);
  const auto& redrive = draft.settings.delivery.redrive;
  if (policy == nullptr || !redrive) return std::nullopt;
  const auto target = backend.engine.LookUpQueue(backend.CallerOf(draft.terms.identity), redrive->target.name);
  if (!target) return InvalidRedrivePolicy(*policy, "Dead letter target does not exist.");
  if (target->settings.delivery.ordered != draft.settings.delivery.ordered) {
    return InvalidRedrivePolicy(*policy, "Dead-letter queue must be same type of queue as the source.");
  }
  return std::nullopt;
}

Refusal RefuseSettings(const Error& error, const Texts& given, Form form) {
  const std::string* const policy = PolicyIn(given);
  const bool of_redrive = !error.violations.empty() && error.violations.front().field.starts_with("redrive");
  if (policy != nullptr && (of_redrive || error.reason == "DEAD_LETTER_ACCESS_DENIED"))
    return InvalidRedrivePolicy(*policy, of_redrive ? error.violations.front().description : error.message);
  return ToSqsRefusal(error, form);
}

}  // namespace broker::aws::sqs
