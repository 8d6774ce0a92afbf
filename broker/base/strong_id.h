// Integer ids that do not convert into one another. `Tag` only names the type.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace broker {

template <class Tag>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(std::uint64_t value) : value_(value) {}
  constexpr std::uint64_t value() const { return value_; }
  constexpr auto operator<=>(const StrongId&) const = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace broker

template <class Tag>
struct std::hash<broker::StrongId<Tag>> {
  std::size_t operator()(broker::StrongId<Tag> id) const noexcept { return std::hash<std::uint64_t>()(id.value()); }
};
