#include "broker/model/decimal.h"

#include <algorithm>

namespace broker::model {
namespace {

constexpr std::int64_t kMaxExponent = 1'000'000'000'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  Decimal parsed;
  std::size_t at = 0;
  const auto sign = [&] {
    const bool minus = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    return minus;
  };
  parsed.negative_ = sign();
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t point = kNone;
  std::size_t first = kNone;  // that is not 0
  std::size_t last = kNone;
  std::size_t count = 0;
  for (; at < text.size() && (IsDigit(text[at]) || (text[at] == '.' && point == kNone)); ++at) {
    if (text[at] == '.') {
      point = at;
      continue;
    }
    ++count;
    if (text[at] == '0') continue;
    if (first == kNone) first = at;
    last = at;
  }
  if (count == 0) return std::nullopt;
  if (point == kNone) point = at;
  std::int64_t exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool minus = sign();
    if (at == text.size()) return std::nullopt;
    for (; at < text.size() && IsDigit(text[at]); ++at) exponent = std::min(kMaxExponent, exponent * 10 + (text[at] - '0'));
    if (minus) exponent = -exponent;
  }
  if (at != text.size()) return std::nullopt;
  if (first == kNone) return Decimal{};
  parsed.digits_ = text.substr(first, last - first + 1);
  const auto distance = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
  parsed.magnitude_ = exponent + (distance > 0 ? distance - 1 : distance);
  return parsed;
}

std::size_t Decimal::digits() const {
  return static_cast<std::size_t>(std::count_if(digits_.begin(), digits_.end(), IsDigit));
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  const auto sign = [](const Decimal& number) { return number.digits_.empty() ? 0 : number.negative_ ? -1 : 1; };
  if (sign(*this) != sign(other)) return sign(*this) <=> sign(other);
  return negative_ ? other.CompareSize(*this) : CompareSize(other);
}

std::strong_ordering Decimal::CompareSize(const Decimal& other) const {
  if (magnitude_ != other.magnitude_) return magnitude_ <=> other.magnitude_;
  std::size_t a = 0;
  std::size_t b = 0;
  while (true) {
    if (a < digits_.size() && digits_[a] == '.') ++a;
    if (b < other.digits_.size() && other.digits_[b] == '.') ++b;
    if (a == digits_.size() || b == other.digits_.size()) return digits_.size() - a <=> other.digits_.size() - b;
    if (digits_[a] != other.digits_[b]) return digits_[a] <=> other.digits_[b];
    ++a;
    ++b;
  }
}

}  // namespace broker::model
