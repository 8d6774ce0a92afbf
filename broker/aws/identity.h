// Who calls, and in which terms: the account, region and address by which names are given back as the caller knows them.
// Plain values, immutable once made.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/address.h"
#include "broker/aws/arn.h"
#include "broker/aws/sigv4.h"
#include "broker/model/names.h"

namespace broker::aws {

// How brokerd was told to call itself.
struct Naming {
  std::string public_url;                  // "https://broker.example:4566", without a slash at its end; empty: as called
  std::string default_region = "us-east-1";  // of those who name none
};

struct Identity {
  std::string access_key;  // empty: not signed
  std::string account;     // the access key if that is an account, else 000000000000
  std::string region;
  std::string base_url;    // "http://127.0.0.1:4566"
  std::string peer;

  static Identity Of(const net::Request& request, const std::optional<Signature>& signature, const Naming& naming);

  // The caller as one of this account and region: of those that an ARN or QueueUrl names, where it names them.
  Identity In(std::string_view other_account, std::string_view other_region) const;
  Identity At(const QueueAddress& address) const { return In(address.account, address.region); }
  Identity At(const Arn& arn) const { return In(arn.account, arn.region); }

  std::string QueueUrl(std::string_view name) const;  // "http://127.0.0.1:4566/000000000000/orders"
  std::string QueueArn(std::string_view name) const;
  std::string TopicArn(std::string_view name) const;
  std::string ArnOf(const model::ResourceRef& target) const;  // REQUIRES: a queue or a topic
};

}  // namespace broker::aws
