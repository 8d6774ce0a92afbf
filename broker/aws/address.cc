#include "broker/aws/address.h"

#include <algorithm>
#include <vector>

#include "broker/aws/arn.h"
#include "broker/aws/wire/percent.h"

namespace broker::aws {

std::string_view PathOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url.remove_prefix(std::min(url.find('/'), url.size()));
  return url;
}

std::string_view Below(std::string_view base, std::string_view path) {
  if (base.empty() || !path.starts_with(base)) return path;
  const std::string_view rest = path.substr(base.size());
  if (rest.empty()) return "/";
  return rest.starts_with('/') ? rest : path;
}

std::optional<QueueAddress> QueueAddress::FromPath(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  std::vector<std::string> parts;
  for (path.remove_prefix(1);;) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    auto part = PercentDecode(path.substr(0, slash), false);
    if (!part || part->empty()) return std::nullopt;
    parts.push_back(*std::move(part));
    if (slash == path.size()) break;
    path.remove_prefix(slash + 1);
  }
  QueueAddress address;
  if (parts.size() == 4 && parts[0] == "queue") {
    address.region = std::move(parts[1]);
  } else if (parts.size() != 2) {
    return std::nullopt;
  }
  address.name = std::move(parts.back());
  address.account = std::move(parts.end()[-2]);
  if (!IsAccount(address.account) || !(address.region.empty() || IsRegion(address.region))) return std::nullopt;
  return address;
}

std::optional<QueueAddress> QueueAddress::FromUrl(std::string_view url, std::string_view base) {
  if (url.starts_with('/') || url.find("://") != std::string_view::npos) return FromPath(Below(base, PathOf(url)));
  if (url.empty() || url.find('/') != std::string_view::npos) return std::nullopt;
  return QueueAddress{std::string(url), {}, {}};
}

}  // namespace broker::aws
