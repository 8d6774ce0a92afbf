// A topic's attributes: how each is checked and kept, and how they are told. What the engine knows itself is kept in its
// settings; the rest as annotations "aws.NAME", and tags as labels. What has its default is not kept.
// Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/aws/identity.h"
#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/engine/commands.h"

namespace broker::aws::sns {

using Texts = std::vector<std::pair<std::string, std::string>>;

// By its name, which ends ".fifo".
bool IsFifo(std::string_view topic);

// Where an attribute came from: its refusal says so.
enum class AttributesOf { kRequest, kOne };  // CreateTopic's or Subscribe's map; a Set action's one
Refusal RefuseAttribute(AttributesOf from, std::string_view name, std::string_view why);

// Sets one attribute in `settings`; an empty value takes it away. Errors: InvalidParameter.
Result<void, Refusal> SetAttribute(AttributesOf from, std::string_view topic, const std::string& name,
                                   const std::string& value, model::TopicSettings& settings);

// What turns `old` into `changed`, of what attributes can change.
engine::TopicPatch PatchOf(const model::TopicSettings& old, const model::TopicSettings& changed);

std::string SignatureVersion(const model::TopicSettings& settings);                     // "1" or "2"
std::optional<std::uint64_t> MaximumMessageSize(const model::TopicSettings& settings);  // nullopt: the default

struct SubscriptionCounts {
  std::size_t confirmed = 0;
  std::size_t pending = 0;
};
// As GetTopicAttributes tells them. `identity` is that of the topic's account and region.
Texts AttributesOfTopic(const engine::TopicInfo& topic, const SubscriptionCounts& counts, const Identity& identity,
                        Time now);

}  // namespace broker::aws::sns
