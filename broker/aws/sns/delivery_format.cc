#include "broker/aws/sns/delivery_format.h"

namespace broker::aws::sns {
namespace {

constexpr std::string_view kPrefix = "aws.sns/";

}  // namespace

std::string DeliveryFormat::ToString() const {
  std::string text(kPrefix);
  text += topic;
  if (!subscription.empty()) text += "/" + subscription;
  return text;
}

std::optional<DeliveryFormat> DeliveryFormat::Parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  // Names have no slash.
  const std::size_t slash = text.find('/');
  DeliveryFormat format{std::string(text.substr(0, slash)), {}};
  if (slash != std::string_view::npos) format.subscription = text.substr(slash + 1);
  return format;
}

}  // namespace broker::aws::sns
