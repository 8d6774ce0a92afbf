#include "broker/aws/sqs/queue_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace broker::aws::sqs {
namespace {

constexpr std::string_view kPrefix = "aws.";

}  // namespace

std::string Note(const model::QueueSettings& settings, std::string_view name) {
  const auto note = settings.notes.annotations.find(fmt::format("{}{}", kPrefix, name));
  return note == settings.notes.annotations.end() ? std::string() : note->second;
}

void SetNote(model::QueueSettings& settings, std::string_view name, std::string value) {
  std::string key = fmt::format("{}{}", kPrefix, name);
  if (value.empty()) {
    settings.notes.annotations.erase(key);
  } else {
    settings.notes.annotations[std::move(key)] = std::move(value);
  }
}

std::optional<std::int64_t> NumberNote(const model::QueueSettings& settings, std::string_view name) {
  const std::string note = Note(settings, name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(note.data(), note.data() + note.size(), number);
  if (error != std::errc() || end != note.data() + note.size()) return std::nullopt;
  return number;
}

std::size_t MaxMessageBytes(const model::QueueSettings& settings, const Limits& limits) {
  const Range range = limits.message_bytes;
  const std::int64_t set = NumberNote(settings, "MaximumMessageSize").value_or(range.most);
  return static_cast<std::size_t>(std::clamp(set, range.least, range.most));
}

std::int64_t DefaultWaitSeconds(const model::QueueSettings& settings, const Limits& limits) {
  const Range range = limits.wait_seconds;
  return std::clamp(NumberNote(settings, "ReceiveMessageWaitTimeSeconds").value_or(0), range.least, range.most);
}

}  // namespace broker::aws::sqs
