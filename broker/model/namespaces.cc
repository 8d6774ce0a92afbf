#include "broker/model/namespaces.h"

#include <utility>

namespace broker::model {
namespace {

std::string_view Canonical(std::string_view id) {
  return id.empty() || id == kDefaultAccount ? kDefaultNamespace : id;
}

void Collect(const Status& status, Error& all) {
  if (status.ok()) return;
  all.violations.insert(all.violations.end(), status.error().violations.begin(), status.error().violations.end());
}

}  // namespace

Result<NamespaceAliases> NamespaceAliases::Make(std::map<std::string, std::string, std::less<>> entries) {
  Error problems(ErrorCode::kInvalidArgument, "INVALID_FIELD", "");
  std::map<std::string, std::string, std::less<>> canonical;
  for (auto& [id, target] : entries) {
    if (id != kEveryOtherId) Collect(CheckName("alias", id), problems);
    Collect(CheckName("alias." + id, target), problems);
    const auto [at, added] = canonical.emplace(Canonical(id), Canonical(target));
    if (!added && at->second != Canonical(target)) {
      problems.violations.push_back({"alias." + id, id + " and " + std::string(kDefaultNamespace) +
                                                        " are the same namespace, but have different targets"});
    }
  }
  if (problems.violations.empty()) return NamespaceAliases(std::move(canonical));
  problems.message = problems.violations.front().field + ": " + problems.violations.front().description;
  return problems;
}

std::string NamespaceAliases::Resolve(std::string_view id) const {
  const std::string_view name = Canonical(id);
  auto found = entries_.find(name);
  if (found == entries_.end()) found = entries_.find(kEveryOtherId);
  return found == entries_.end() ? std::string(name) : found->second;
}

}  // namespace broker::model
