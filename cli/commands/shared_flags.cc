#include "cli/commands/shared_flags.h"

#include <algorithm>

#include "broker/base/duration.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

// "1s..5m", or "5s" for the same each time.
Result<v1::RetryBackoff> ParseBackoff(const std::string& text) {
  const auto dots = text.find("..");
  const auto minimum = ParseDuration(text.substr(0, dots));
  if (!minimum.ok()) return minimum.error();
  const auto maximum = dots == std::string::npos ? minimum : ParseDuration(text.substr(dots + 2));
  if (!maximum.ok()) return maximum.error();
  v1::RetryBackoff backoff;
  *backoff.mutable_minimum() = ToProto(*minimum);
  *backoff.mutable_maximum() = ToProto(*maximum);
  return backoff;
}

}  // namespace

void WatchFlag::Declare(Declaration& declare) {
  declare.app()->add_flag("--watch{2}", text_, "Show again every SECONDS (2) until interrupted; --watch=SECONDS");
}

Result<std::optional<Nanos>> WatchFlag::Every() const {
  if (text_.empty()) return std::optional<Nanos>();
  const bool bare = std::all_of(text_.begin(), text_.end(), [](char c) { return c >= '0' && c <= '9'; });
  auto every = ParseDuration(bare ? text_ + "s" : text_);
  if (!every.ok()) return InvalidField("--watch", every.error().message);
  if (*every == Nanos{0}) return InvalidField("--watch", "0 seconds would never pause; write 1 or more");
  return std::optional<Nanos>(*every);
}

void DeleteFlags::DeclareYes(Declaration& declare) { declare.Flag("-y,--yes", yes, "Do not ask"); }

void DeleteFlags::DeclareForce(Declaration& declare, const std::string& meaning) {
  declare.Flag("--force", force, meaning);
}

ExitCode DeleteFlags::Fail(Session& session, const Error& error) const {
  const ExitCode code = session.Fail(error);
  if (error.code == ErrorCode::kFailedPrecondition && !force) session.Say("to delete it all the same, give --force");
  return code;
}

void DeliveryFlags::Declare(Declaration& declare, bool for_update) {
  declare.Duration("--visibility-timeout", visibility_timeout_,
                   "How long a received message stays hidden until it is settled: 0s to 12h; default: 30s");
  declare.Duration("--retention", retention_, "How long an unsettled message is kept: 60s to 31d");
  declare.Toggle("exactly-once", exactly_once_, "Refuse receipts whose lease has passed");
  auto* target = declare.Option("--dead-letter", dead_letter_, "Where a message goes after --max-attempts",
                                "QUEUE|topic/TOPIC", {Names::kQueues, {}});
  auto* attempts =
      declare.Number("--max-attempts", max_attempts_, 1, 1'000, "Attempts before --dead-letter: 1 to 1000; default: 5");
  auto* backoff = declare.app()
                      ->add_option_function<std::string>(
                          "--retry-backoff",
                          [this](const std::string& text) {
                            auto parsed = ParseBackoff(text);
                            if (!parsed.ok()) throw CLI::ValidationError("--retry-backoff", parsed.error().message);
                            retry_backoff_ = *std::move(parsed);
                          },
                          "How long a message waits after a failed attempt, doubled each time; default: not at all")
                      ->type_name("MIN..MAX");
  if (for_update) {
    declare.Flag("--no-retry-backoff", no_retry_backoff_, "Try again at once instead")->excludes(backoff);
    auto* none = declare.Flag("--no-dead-letter", no_dead_letter_, "Retry until the retention instead");
    none->excludes(target);
    none->excludes(attempts);
  } else {
    attempts->needs(target);
    declare.Flag("--ordered", ordered_, "Messages of one --key one at a time, in order; fixed at creation");
  }
}

void DeduplicationFlags::Declare(Declaration& declare) {
  declare.Toggle("dedup-by-content", by_content_, "Messages of the same body within 5 minutes count as one");
  declare.Choice("--dedup-scope", scope_, {"log", "group"}, "One window for all, or one for each --key");
}

Error NoDeadLetterTarget(std::string_view kind, const std::string& name) {
  return InvalidField("--max-attempts",
                      fmt::format("{} {} has no dead-letter target: give --dead-letter too", kind, name));
}

Error NothingToChange() {
  return Error(ErrorCode::kInvalidArgument, "NOTHING_TO_CHANGE",
               "nothing to change: give at least one setting; see --help");
}

}  // namespace broker::cli
