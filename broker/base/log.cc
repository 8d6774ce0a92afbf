#include "broker/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>

namespace broker {
namespace {

std::atomic<LogFormat> g_format{LogFormat::kText};  // set once at start, read by every line

spdlog::logger& Logger() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("broker", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *logger;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

bool IsBare(std::string_view text) {
  const auto quoted = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || c == '"' || c == '=' || c == '\\';
  };
  return !text.empty() && std::none_of(text.begin(), text.end(), quoted);
}

}  // namespace

std::optional<LogLevel> ParseLogLevel(std::string_view text) {
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (text == "warning") return LogLevel::kWarning;
  if (text == "error") return LogLevel::kError;
  return std::nullopt;
}

std::optional<LogFormat> ParseLogFormat(std::string_view text) {
  if (text == "text") return LogFormat::kText;
  if (text == "json") return LogFormat::kJson;
  return std::nullopt;
}

void ConfigureLog(LogLevel minimum, LogFormat format) {
  g_format = format;
  Logger().set_level(ToSpdlog(minimum));
  Logger().set_pattern(format == LogFormat::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                  : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                       spdlog::pattern_time_type::utc);
}

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  const auto spd_level = ToSpdlog(level);
  if (!Logger().should_log(spd_level)) return;
  const bool json = g_format == LogFormat::kJson;
  std::string line;
  if (json) {
    line += "\"event\":";
    AppendQuoted(line, event);
  } else {
    line += event;
  }
  for (const LogField& field : fields) {
    if (json) {
      line += ',';
      AppendQuoted(line, field.key());
      line += ':';
      AppendQuoted(line, field.value());
    } else {
      line += ' ';
      line += field.key();
      line += '=';
      if (IsBare(field.value())) {
        line += field.value();
      } else {
        AppendQuoted(line, field.value());
      }
    }
  }
  Logger().log(spd_level, "{}", line);
}

}  // namespace broker
