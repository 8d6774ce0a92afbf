#include "broker/server/readiness.h"

#include "broker/server/value_text.h"

namespace broker::server {
namespace {

// Quoted() escapes what JSON wants escaped, too.
template <class Map>
std::string JsonObject(const Map& map) {
  std::string out = "{";
  for (const auto& [key, value] : map) {
    if (out.size() > 1) out += ',';
    out += Quoted(key) + ":" + Quoted(value);
  }
  return out + "}";
}

}  // namespace

void Readiness::Block(std::string_view reason, std::string why) {
  const MutexLock lock(mutex_);
  reasons_.insert_or_assign(std::string(reason), std::move(why));
}

void Readiness::Unblock(std::string_view reason) {
  const MutexLock lock(mutex_);
  if (const auto found = reasons_.find(reason); found != reasons_.end()) reasons_.erase(found);
}

void Readiness::Warn(std::string_view reason, std::string why) {
  const MutexLock lock(mutex_);
  warnings_.insert_or_assign(std::string(reason), std::move(why));
}

void Readiness::Unwarn(std::string_view reason) {
  const MutexLock lock(mutex_);
  if (const auto found = warnings_.find(reason); found != warnings_.end()) warnings_.erase(found);
}

bool Readiness::ready() const {
  const MutexLock lock(mutex_);
  return reasons_.empty();
}

std::string Readiness::Json() const {
  Reasons reasons, warnings;
  {
    const MutexLock lock(mutex_);
    reasons = reasons_;
    warnings = warnings_;
  }
  return std::string(R"({"ready":)") + (reasons.empty() ? "true" : "false") + R"(,"reasons":)" + JsonObject(reasons) +
         R"(,"warnings":)" + JsonObject(warnings) + "}\n";
}

}  // namespace broker::server
