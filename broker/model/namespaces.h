// Which namespace a caller's id means: an account, project or namespace name as the caller's protocol gave it.
// The configuration can let several ids mean one namespace, so that publishers of one protocol feed consumers of
// another.
//
// The order, first match wins:
//  1. an entry for exactly this id;
//  2. the entry for "*", which stands for every other id;
//  3. the id itself is the namespace's name.
// The empty id and 000000000000 are other names of "default", before the entries are looked at. What an entry points
// at is final: it is not looked up again.
// Immutable; thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "broker/model/names.h"

namespace broker::model {

inline constexpr std::string_view kDefaultAccount = "000000000000";
inline constexpr std::string_view kEveryOtherId = "*";

class NamespaceAliases {
 public:
  NamespaceAliases() = default;  // no entries

  // Errors: kInvalidArgument, one violation per id that is neither a name nor "*" and per target that is no name.
  static Result<NamespaceAliases> Make(std::map<std::string, std::string, std::less<>> entries);

  // Never fails: an id that is no valid name comes back as it is, for the engine's own check to refuse.
  std::string Resolve(std::string_view id) const;

 private:
  explicit NamespaceAliases(std::map<std::string, std::string, std::less<>> entries) : entries_(std::move(entries)) {}

  std::map<std::string, std::string, std::less<>> entries_;
};

}  // namespace broker::model
