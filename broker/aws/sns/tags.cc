#include "broker/aws/sns/tags.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/shown.h"
#include "broker/model/limits.h"

namespace broker::aws::sns {
namespace {

constexpr std::size_t kMaxTags = 50;

Refusal Wrong(std::string why) {
  return Refuse(SnsFault::kInvalidParameter, "Invalid parameter: Tags Reason: " + std::move(why));
}

}  // namespace

void Read(Fields& f, Tag& tag) {
  f.Required("Key", tag.key);
  f.Required("Value", tag.value);
}

Result<Labels, Refusal> WithTags(Labels labels, const std::vector<Tag>& tags) {
  std::set<std::string_view> keys;
  for (const Tag& tag : tags) {
    if (!keys.insert(tag.key).second) return Wrong("Duplicated keys are not allowed.");
    if (tag.key.empty() || tag.key.size() > model::kMaxLabelKeyBytes || tag.key.starts_with("aws:")) {
      return Wrong(fmt::format("\"{}\" is no key: it has 1 to {} bytes, and does not begin with aws:", Shown(tag.key),
                               model::kMaxLabelKeyBytes));
    }
    if (tag.value.size() > model::kMaxLabelValueBytes) {
      return Wrong(fmt::format("the value of {} has {} bytes; at most {}", tag.key, tag.value.size(),
                               model::kMaxLabelValueBytes));
    }
    labels[tag.key] = tag.value;
  }
  if (!tags.empty() && labels.size() > kMaxTags) {
    return Refuse(SnsFault::kTagLimitExceeded,
                  fmt::format("Could not complete request: tag quota of per resource exceeded: {} tags; at most {}",
                              labels.size(), kMaxTags));
  }
  return labels;
}

void WriteTags(Writer& w, const Labels& labels) {
  w.List("Tags", labels, [](Writer& each, const auto& label) {
    each.Text("Key", std::string_view(label.first));
    each.Text("Value", std::string_view(label.second));
  });
}

}  // namespace broker::aws::sns
