#include "broker/server/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "broker/base/duration.h"
#include "broker/base/number.h"
#include "broker/model/namespaces.h"
#include "broker/server/value_text.h"

namespace broker::server {
namespace {

Error BadValue(std::string message) { return Error(ErrorCode::kInvalidArgument, "INVALID_VALUE", std::move(message)); }

template <class T>
Status Take(Result<T> parsed, T& into) {
  if (!parsed.ok()) return std::move(parsed).error();
  into = *std::move(parsed);
  return {};
}

template <class T>
Status TakeWord(std::optional<T> parsed, T& into, std::string_view text, std::string_view words) {
  if (!parsed) return BadValue(fmt::format("\"{}\" is not one of {}", text, words));
  into = *parsed;
  return {};
}

Status TakeDuration(std::string_view text, Nanos limit, Nanos& into) {
  auto parsed = ParseDuration(text);
  if (!parsed.ok()) return std::move(parsed).error();
  if (*parsed > limit) return BadValue(fmt::format("\"{}\" is more than {}", text, FormatDuration(limit)));
  into = *parsed;
  return {};
}

Status TakeCache(std::string_view text, std::uint64_t& into) {
  constexpr std::uint64_t kLeast = 1u << 20;
  constexpr std::uint64_t kMost = 1ull << 40;
  auto parsed = ParseSize(text);
  if (!parsed.ok()) return std::move(parsed).error();
  if (*parsed < kLeast || *parsed > kMost) {
    return BadValue(fmt::format("\"{}\" is not between {} and {}", text, FormatSize(kLeast), FormatSize(kMost)));
  }
  into = *parsed;
  return {};
}

Status TakeCount(std::string_view text, std::uint64_t& into) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  auto parsed = ParseCount(text);
  if (!parsed.ok()) return std::move(parsed).error();
  if (*parsed > kMost) return BadValue(fmt::format("\"{}\" is more than {}", text, kMost));
  into = *parsed;
  return {};
}

Status TakePublicUrl(std::string_view text, std::string& into) {
  if (!text.empty() && !text.starts_with("http://") && !text.starts_with("https://")) {
    return BadValue(fmt::format("\"{}\" is no URL: it begins with http:// or https://", text));
  }
  while (text.ends_with('/')) text.remove_suffix(1);
  into = text;
  return {};
}

Status TakeRegion(std::string_view text, std::string& into) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (text.empty() || !plain) return BadValue(fmt::format("\"{}\" is no region, such as us-east-1", text));
  into = text;
  return {};
}

Status TakeAliases(std::string_view text, TextMap& into) {
  auto parsed = ParseMap(text);
  if (!parsed.ok()) return std::move(parsed).error();
  if (auto checked = model::NamespaceAliases::Make(*parsed); !checked.ok()) return std::move(checked).error();
  into = *std::move(parsed);
  return {};
}

std::string_view Word(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "info";
}

std::optional<CommitMode> ParseCommitMode(std::string_view text) {
  if (text == "auto") return CommitMode::kAuto;
  if (text == "inline") return CommitMode::kInline;
  if (text == "thread") return CommitMode::kThread;
  return std::nullopt;
}

std::string ToText(CommitMode mode) {
  switch (mode) {
    case CommitMode::kAuto: return "auto";
    case CommitMode::kInline: return "inline";
    case CommitMode::kThread: return "thread";
  }
  return "auto";
}

using Text = std::string_view;
using C = Config;

constexpr std::array kSettings{
    Setting{"data", "FOLDER", "where everything durable is kept; made if it is not there", TomlKind::kText,
            [](C& c, Text t) -> Status {
              if (t.empty()) return BadValue("the folder's name is empty");
              c.data = t;
              return {};
            },
            [](const C& c) { return c.data; }},
    Setting{"grpc_address", "HOST:PORT", "where the native gRPC API listens; port 0 is any free one, said in the log",
            TomlKind::kText, [](C& c, Text t) { return Take(ListenAddress::Parse(t), c.grpc_address); },
            [](const C& c) { return c.grpc_address.ToString(); }},
    Setting{"http_address", "HOST:PORT", "where HTTP listens: AWS clients, /livez and /readyz", TomlKind::kText,
            [](C& c, Text t) { return Take(ListenAddress::Parse(t), c.http_address); },
            [](const C& c) { return c.http_address.ToString(); }},
    Setting{"insecure", "", "listen beyond this machine, although nothing is encrypted and nobody is asked who they are",
            TomlKind::kBool, [](C& c, Text t) { return Take(ParseBool(t), c.insecure); },
            [](const C& c) { return std::string(c.insecure ? "true" : "false"); }},
    Setting{"log_level", "LEVEL", "the least important lines to write: debug, info, warning, error", TomlKind::kText,
            [](C& c, Text t) { return TakeWord(ParseLogLevel(t), c.log_level, t, "debug, info, warning, error"); },
            [](const C& c) { return std::string(Word(c.log_level)); }},
    Setting{"log_format", "FORMAT", "of the lines on standard error: text, json", TomlKind::kText,
            [](C& c, Text t) { return TakeWord(ParseLogFormat(t), c.log_format, t, "text, json"); },
            [](const C& c) { return std::string(c.log_format == LogFormat::kJson ? "json" : "text"); }},
    Setting{"shutdown_grace", "DURATION", "how long a stop may wait for what is in flight; at most 1h", TomlKind::kText,
            [](C& c, Text t) { return TakeDuration(t, std::chrono::hours(1), c.shutdown_grace); },
            [](const C& c) { return FormatDuration(c.shutdown_grace); }},
    Setting{"clock_max_forward", "DURATION",
            "a wall clock further ahead than this at start holds expiry back until accepted; at most 365d",
            TomlKind::kText,
            [](C& c, Text t) { return TakeDuration(t, std::chrono::hours(24 * 365), c.clock_max_forward); },
            [](const C& c) { return FormatDuration(c.clock_max_forward); }},
    Setting{"commit", "WHERE", "which thread makes commits durable: inline (the engine's), thread (one of its own), auto (by size)",
            TomlKind::kText,
            [](C& c, Text t) { return TakeWord(ParseCommitMode(t), c.commit, t, "auto, inline, thread"); },
            [](const C& c) { return ToText(c.commit); }},
    Setting{"cache.blocks", "SIZE", "memory for blocks of the store", TomlKind::kText,
            [](C& c, Text t) { return TakeCache(t, c.block_cache_bytes); },
            [](const C& c) { return FormatSize(c.block_cache_bytes); }},
    Setting{"cache.write_buffers", "SIZE", "memory for what the store has not yet written to tables", TomlKind::kText,
            [](C& c, Text t) { return TakeCache(t, c.write_buffer_bytes); },
            [](const C& c) { return FormatSize(c.write_buffer_bytes); }},
    Setting{"cache.tail", "SIZE", "memory for fresh messages, over all queues and topics", TomlKind::kText,
            [](C& c, Text t) { return TakeCache(t, c.tail_cache_bytes); },
            [](const C& c) { return FormatSize(c.tail_cache_bytes); }},
    Setting{"cache.read_ahead", "SIZE", "memory for messages read from the disk, over all consumers", TomlKind::kText,
            [](C& c, Text t) { return TakeCache(t, c.read_ahead_bytes); },
            [](const C& c) { return FormatSize(c.read_ahead_bytes); }},
    Setting{"quotas.topics", "COUNT", "topics that a namespace may have", TomlKind::kNumber,
            [](C& c, Text t) { return TakeCount(t, c.max_topics); }, [](const C& c) { return std::to_string(c.max_topics); }},
    Setting{"quotas.queues", "COUNT", "queues that a namespace may have", TomlKind::kNumber,
            [](C& c, Text t) { return TakeCount(t, c.max_queues); }, [](const C& c) { return std::to_string(c.max_queues); }},
    Setting{"quotas.subscriptions", "COUNT", "subscriptions that a namespace may have", TomlKind::kNumber,
            [](C& c, Text t) { return TakeCount(t, c.max_subscriptions); }, [](const C& c) { return std::to_string(c.max_subscriptions); }},
    Setting{"quotas.snapshots", "COUNT", "snapshots that a namespace may have", TomlKind::kNumber,
            [](C& c, Text t) { return TakeCount(t, c.max_snapshots); }, [](const C& c) { return std::to_string(c.max_snapshots); }},
    Setting{"quotas.running_tasks", "COUNT", "running tasks that a namespace may have", TomlKind::kNumber,
            [](C& c, Text t) { return TakeCount(t, c.max_running_tasks); }, [](const C& c) { return std::to_string(c.max_running_tasks); }},
    Setting{"namespaces.alias", "ID=NAME,...", "account and project ids that mean a namespace; * is every other id",
            TomlKind::kTable, [](C& c, Text t) { return TakeAliases(t, c.namespace_alias); },
            [](const C& c) { return FormatMap(c.namespace_alias); }},
    Setting{"aws.public_url", "URL", "how AWS clients reach this broker, for queue URLs; empty: as each request came",
            TomlKind::kText, [](C& c, Text t) { return TakePublicUrl(t, c.aws_public_url); },
            [](const C& c) { return c.aws_public_url; }},
    Setting{"aws.region", "REGION", "of AWS clients that name none", TomlKind::kText,
            [](C& c, Text t) { return TakeRegion(t, c.aws_region); }, [](const C& c) { return c.aws_region; }},
    Setting{"aws.strict", "", "hold AWS clients to AWS's own limits and waiting rules, not only the broker's",
            TomlKind::kBool, [](C& c, Text t) { return Take(ParseBool(t), c.aws_strict); },
            [](const C& c) { return std::string(c.aws_strict ? "true" : "false"); }},
};

Error NotLoopback(std::string_view key, const ListenAddress& address) {
  return BadValue(fmt::format("{} {} reaches beyond this machine, but nothing is encrypted and nobody is asked who they "
                              "are: take 127.0.0.1, or say --insecure if the network is trusted",
                              key, address.ToString()));
}

}  // namespace

std::string Setting::Flag() const {
  std::string flag = "--" + std::string(key);
  std::replace_if(flag.begin(), flag.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  return flag;
}

std::string Setting::Variable() const {
  std::string name = "BROKER_";
  for (const char c : key) name += c == '.' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

std::span<const Setting> Settings() { return kSettings; }

const Setting* FindSetting(std::string_view key) {
  const auto* found = std::find_if(kSettings.begin(), kSettings.end(), [&](const Setting& s) { return s.key == key; });
  return found == kSettings.end() ? nullptr : found;
}

Status CheckTogether(const Config& config) {
  if (!config.insecure) {
    if (!config.grpc_address.IsLoopback()) return NotLoopback("grpc_address", config.grpc_address);
    if (!config.http_address.IsLoopback()) return NotLoopback("http_address", config.http_address);
  }
  if (config.grpc_address == config.http_address && config.grpc_address.port != 0) {
    return BadValue(fmt::format("grpc_address and http_address are both {}: give one of them another port",
                                config.grpc_address.ToString()));
  }
  return {};
}

}  // namespace broker::server
