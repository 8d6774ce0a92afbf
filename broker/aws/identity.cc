#include "broker/aws/identity.h"

#include <fmt/format.h>

#include "broker/aws/wire/percent.h"

namespace broker::aws {
namespace {

constexpr std::string_view kNoAccount = "000000000000";

}  // namespace

Identity Identity::Of(const net::Request& request, const std::optional<Signature>& signature, const Naming& naming) {
  Identity identity;
  identity.account = kNoAccount;
  identity.region = naming.default_region;
  identity.peer = request.peer;
  if (signature) {
    identity.access_key = signature->access_key;
    identity.region = signature->region;
    if (IsAccount(signature->access_key)) identity.account = signature->access_key;
  }
  identity.base_url = !naming.public_url.empty() ? naming.public_url
                                                 : fmt::format("http://{}", request.Find("Host").value_or("localhost"));
  return identity;
}

Identity Identity::In(std::string_view other_account, std::string_view other_region) const {
  Identity other = *this;
  if (!other_account.empty()) other.account = other_account;
  if (!other_region.empty()) other.region = other_region;
  return other;
}

std::string Identity::QueueUrl(std::string_view name) const {
  return fmt::format("{}/{}/{}", base_url, account, PercentEncode(name));
}

std::string Identity::QueueArn(std::string_view name) const {
  return Arn{"aws", "sqs", region, account, std::string(name)}.ToString();
}

std::string Identity::TopicArn(std::string_view name) const {
  return Arn{"aws", "sns", region, account, std::string(name)}.ToString();
}

}  // namespace broker::aws
