#include "broker/aws/sns/changes.h"

#include "broker/aws/sns/topic_attributes.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {

void ChangeTopic(const Backend& backend, const TopicPlace& topic, const Change& change, Finished finished,
                 Refusal missing) {
  const auto now = backend.engine.LookUpTopic(topic.caller, topic.name);
  if (!now) return WhenDurable(backend, topic, [=] { finished(missing); });
  model::TopicSettings changed = now->settings;
  if (auto refused = change(changed); !refused.ok()) return finished(std::move(refused).error());
  backend.engine.UpdateTopic(topic.caller, topic.name, PatchOf(now->settings, changed),
                             [finished = std::move(finished)](Result<engine::TopicInfo> updated) {
                               if (!updated.ok()) return finished(ToSnsRefusal(updated.error()));
                               finished({});
                             });
}

void WhenDurable(const Backend& backend, const TopicPlace& topic, std::function<void()> tell) {
  // Any command does: its answer comes after those before it.
  backend.engine.DescribeTopic(topic.caller, topic.name,
                               [tell = std::move(tell)](const Result<engine::TopicDescription>&) { tell(); });
}

}  // namespace broker::aws::sns
