#include "broker/aws/sqs/change_queue.h"

#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/sqs/queue_settings.h"

namespace broker::aws::sqs {
namespace {

// What changes between two settings, of all that this face changes.
engine::QueuePatch PatchOf(const model::QueueSettings& before, const model::QueueSettings& after) {
  engine::QueuePatch patch;
  const auto differ = [](const auto& a, const auto& b, auto& field) {
    if (!(a == b)) field = b;
  };
  const model::DeliverySettings& from = before.delivery;
  const model::DeliverySettings& to = after.delivery;
  differ(from.visibility_timeout, to.visibility_timeout, patch.delivery.visibility_timeout);
  differ(from.retention, to.retention, patch.delivery.retention);
  differ(from.redrive, to.redrive, patch.delivery.redrive);
  differ(before.delay, after.delay, patch.delay);
  differ(before.deduplication.by_content, after.deduplication.by_content, patch.deduplicate_by_content);
  differ(before.dead_letter_access, after.dead_letter_access, patch.dead_letter_access);
  patch.notes = Difference(before.notes, after.notes);
  return patch;
}

}  // namespace

void ChangeQueue(const Backend& backend, const Call& call, const std::string& url, const Change& change,
                 Done<None> done, Texts given) {
  auto about = CallAbout(backend, call, url);
  if (!about.ok()) return done(std::move(about).error());
  const auto queue = backend.engine.LookUpQueue(about->caller, about->queue);
  if (!queue) return RefuseMissing(backend, *about, std::move(done));
  model::QueueSettings changed = queue->settings;
  if (auto refused = change(*about, changed); !refused.ok()) return done(std::move(refused).error());
  backend.engine.UpdateQueue(
      about->caller, about->queue, PatchOf(queue->settings, changed),
      [given = std::move(given), form = about->form, done = std::move(done)](const Result<engine::QueueInfo>& updated) {
        if (!updated.ok()) return done(RefuseSettings(updated.error(), given, form));
        done(None{});
      });
}

}  // namespace broker::aws::sqs
