// Flags that several commands have, each declared and applied in one place.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/proto_values.h"

namespace broker::cli {

// "queue/billing" where only a queue can be meant is "billing".
inline std::string WithoutKind(std::string_view kind, const std::string& name) {
  const std::string prefix = fmt::format("{}/", kind);
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

// The largest --max of commands that show what is there.
inline constexpr std::uint32_t kMaxLines = 1'000'000;

// --watch[=SECONDS]
class WatchFlag {
 public:
  void Declare(Declaration& declare);
  // nullopt: once. Errors: kInvalidArgument for what is neither seconds nor a duration, or zero.
  Result<std::optional<Nanos>> Every() const;

 private:
  std::string text_;
};

// --yes, and for some --force
struct DeleteFlags {
  bool yes = false;
  bool force = false;
  // Session::Fail, with a hint at --force where that would have helped.
  ExitCode Fail(Session& session, const Error& error) const;
  void DeclareYes(Declaration& declare);
  void DeclareForce(Declaration& declare, const std::string& meaning);
};

// Settings that queues and pull subscriptions share. `Kind` is v1::Queue or v1::Subscription; the mask gets the paths
// of what was given.
class DeliveryFlags {
 public:
  void Declare(Declaration& declare, bool for_update);

  template <class Kind>
  void Apply(Kind& kind, std::vector<std::string>& mask) const {
    if (visibility_timeout_) {
      *kind.mutable_visibility_timeout() = ToProto(*visibility_timeout_);
      mask.push_back("visibility_timeout");
    }
    if (retention_) {
      *kind.mutable_retention() = ToProto(*retention_);
      mask.push_back("retention");
    }
    if (exactly_once_) {
      kind.set_exactly_once(*exactly_once_);
      mask.push_back("exactly_once");
    }
    if (ordered_) kind.set_ordered(true);  // fixed at creation: never in a mask
    if (!dead_letter_.empty()) {
      kind.mutable_dead_letter()->set_target(dead_letter_);
      if (max_attempts_) kind.mutable_dead_letter()->set_max_attempts(*max_attempts_);
      mask.push_back("dead_letter");
    }
    if (no_dead_letter_) mask.push_back("dead_letter");
    if (retry_backoff_) *kind.mutable_retry_backoff() = *retry_backoff_;
    if (retry_backoff_ || no_retry_backoff_) mask.push_back("retry_backoff");
  }
  // An update may name new attempts alone: the target then is the present one.
  bool NeedsPresentTarget() const { return max_attempts_.has_value() && dead_letter_.empty(); }
  void UsePresentTarget(const std::string& target) { dead_letter_ = target; }

 private:
  std::optional<Nanos> visibility_timeout_;
  std::optional<Nanos> retention_;
  std::optional<bool> exactly_once_;
  bool ordered_ = false;
  std::optional<std::uint32_t> max_attempts_;
  std::string dead_letter_;
  bool no_dead_letter_ = false;
  std::optional<v1::RetryBackoff> retry_backoff_;
  bool no_retry_backoff_ = false;
};

// --dedup-by-content, --dedup-scope
class DeduplicationFlags {
 public:
  void Declare(Declaration& declare);

  template <class Kind>
  void Apply(Kind& kind, std::vector<std::string>& mask) const {
    if (by_content_) {
      kind.mutable_deduplication()->set_by_content(*by_content_);
      mask.push_back("deduplication.by_content");
    }
    if (!scope_.empty()) {
      kind.mutable_deduplication()->set_scope(scope_ == "group" ? v1::Deduplication::GROUP : v1::Deduplication::LOG);
      mask.push_back("deduplication.scope");
    }
  }

 private:
  std::optional<bool> by_content_;
  std::string scope_;
};

// For an update that names attempts where there is no target.
Error NoDeadLetterTarget(std::string_view kind, const std::string& name);

// "nothing to change: give one of ..." for an update without flags.
Error NothingToChange();

}  // namespace broker::cli
