// Whole numbers as attributes and identifiers spell them. Pure function.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace broker::aws {

// All of `text` in decimal digits, with a minus where T has one; nullopt for anything else, and beyond what T holds.
template <std::integral T>
std::optional<T> ParseWhole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace broker::aws
