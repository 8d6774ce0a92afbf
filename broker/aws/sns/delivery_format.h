// The delivery format of a subscription without raw delivery, "aws.sns/TOPIC": all that rendering a notification needs and
// that may be gone when it is received. That of a replay is "aws.sns/TOPIC/SUBSCRIPTION": what a replay delivers comes by
// no subscription. Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace broker::aws::sns {

struct DeliveryFormat {
  std::string topic;
  std::string subscription;  // empty: the delivery says it

  std::string ToString() const;
  // nullopt for what is none of ours, such as raw delivery's, which is empty.
  static std::optional<DeliveryFormat> Parse(std::string_view text);
  bool operator==(const DeliveryFormat&) const = default;
};

}  // namespace broker::aws::sns
