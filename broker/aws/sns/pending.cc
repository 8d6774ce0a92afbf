#include "broker/aws/sns/pending.h"

#include <algorithm>
#include <utility>

#include "broker/aws/annotations.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"

namespace broker::aws::sns {
namespace {

constexpr std::string_view kAnnotation = "pending";

using Kind = Value::Kind;

std::string TextOf(const Value& object, std::string_view name) {
  const Value* const found = object.Find(name);
  return found != nullptr ? found->text : std::string();
}

}  // namespace

std::vector<PendingSubscription> PendingOf(const model::TopicSettings& settings) {
  std::vector<PendingSubscription> all;
  const auto list = ReadJson(Annotation(settings.notes, kAnnotation));
  if (!list.ok()) return all;
  for (const Value& each : list->items) {
    PendingSubscription pending{TextOf(each, "id"), TextOf(each, "protocol"), TextOf(each, "endpoint"), {}};
    Texts texts;
    if (const Value* const attributes = each.Find("attributes")) {
      for (const Member& member : attributes->members) texts.emplace_back(member.name, member.value.text);
    }
    if (!pending.id.empty() && pending.attributes.SetAll(AttributesOf::kOne, texts).ok())
      all.push_back(std::move(pending));
  }
  return all;
}

void SetPending(const std::vector<PendingSubscription>& pending, model::TopicSettings& settings) {
  std::vector<const PendingSubscription*> sorted;
  for (const PendingSubscription& each : pending) sorted.push_back(&each);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  Value list{Kind::kList, {}, {}, {}};
  for (const PendingSubscription* each : sorted) {
    Value attributes{Kind::kObject, {}, {}, {}};
    for (const auto& [name, value] : each->attributes.all()) attributes.members.push_back({name, Value::Text(value)});
    list.items.push_back(Value{Kind::kObject,
                               {},
                               {},
                               {{"id", Value::Text(each->id)},
                                {"protocol", Value::Text(each->protocol)},
                                {"endpoint", Value::Text(each->endpoint)},
                                {"attributes", std::move(attributes)}}});
  }
  SetAnnotation(settings.notes, kAnnotation, list.items.empty() ? std::string() : ToJson(list));
}

}  // namespace broker::aws::sns
