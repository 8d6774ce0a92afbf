#include "broker/aws/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "broker/aws/wire/percent.h"

namespace broker::aws {
namespace {

constexpr std::string_view kNoAccount = "000000000000";

// What a Host header may say: a name or an address, and a port. Anything else would end up in every URL.
bool IsHost(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view(".-_:[]").find(c) != std::string_view::npos;
  });
}

std::string BaseUrl(const net::Request& request, const Naming& naming) {
  if (!naming.public_url.empty()) return naming.public_url;
  const std::string_view host = request.Find("Host").value_or("");
  return fmt::format("http://{}", IsHost(host) ? host : "localhost");
}

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
  identity.base_url = BaseUrl(request, naming);
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

std::string Identity::ArnOf(const model::ResourceRef& target) const {
  return target.kind == model::ResourceKind::kTopic ? TopicArn(target.name) : QueueArn(target.name);
}

}  // namespace broker::aws
