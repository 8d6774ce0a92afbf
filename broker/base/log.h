// Structured log lines: one event name per fact, then key=value pairs; no bodies, no secrets. Error level means that
// a person must act. Thread-safe. The process sets the destination and format once, at start.
//
//   Log(LogLevel::kInfo, "queue_created", {{"queue", name}, {"namespace", ns}});
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace broker {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

std::optional<LogLevel> ParseLogLevel(std::string_view text);
std::optional<LogFormat> ParseLogFormat(std::string_view text);

// A value of a log line, rendered by fmt.
class LogField {
 public:
  template <class T>
  LogField(std::string_view key, const T& value) : key_(key), value_(fmt::format("{}", value)) {}
  std::string_view key() const { return key_; }
  const std::string& value() const { return value_; }

 private:
  std::string_view key_;
  std::string value_;
};

// Call once, before the first line; later calls replace the settings. Lines go to standard error.
void ConfigureLog(LogLevel minimum, LogFormat format);
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace broker
