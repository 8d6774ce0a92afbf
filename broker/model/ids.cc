#include "broker/model/ids.h"

#include <fmt/format.h>

#include <charconv>

namespace broker::model {
namespace {

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, errc] = std::from_chars(text.data(), end, number);
  if (errc != std::errc() || stop != end || number == 0) return std::nullopt;
  return number;
}

}  // namespace

std::string MessageId::ToString() const { return fmt::format("{}-{}", log.value(), sequence.value()); }

std::optional<MessageId> MessageId::Parse(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto log = ParseNumber(text.substr(0, dash));
  const auto sequence = ParseNumber(text.substr(dash + 1));
  if (!log || !sequence) return std::nullopt;
  return MessageId{LogId(*log), Sequence(*sequence)};
}

}  // namespace broker::model
