// The tree that a command answers with: what JSON can say, and nothing else. Every renderer reads the same tree, so
// formats cannot drift apart. Objects keep the order in which their fields were added; fields are not repeated.
// A value type; not thread-safe.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace broker::cli {

class Value {
 public:
  using Array = std::vector<Value>;
  using Field = std::pair<std::string, Value>;
  using Object = std::vector<Field>;

  Value() = default;                                          // null
  Value(std::string text) : data_(std::move(text)) {}         // NOLINT: implicit by design
  Value(std::string_view text) : data_(std::string(text)) {}  // NOLINT
  Value(const char* text) : data_(std::string(text)) {}       // NOLINT
  Value(bool flag) : data_(flag) {}                           // NOLINT
  Value(double number) : data_(number) {}                     // NOLINT
  template <std::integral T>
  requires(!std::same_as<T, bool>) Value(T number) {  // NOLINT
    if constexpr (std::is_signed_v<T>) {
      data_ = static_cast<std::int64_t>(number);
    } else {
      data_ = static_cast<std::uint64_t>(number);
    }
  }

  static Value MakeObject() { return Value(Data(Object{})); }
  static Value MakeArray() { return Value(Data(Array{})); }

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  const std::string* text() const { return std::get_if<std::string>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  const Object* object() const { return std::get_if<Object>(&data_); }

  // Adds a field, or replaces the one of that name; returns *this, to be chained. REQUIRES: an object.
  Value& Set(std::string_view name, Value value);
  // REQUIRES: an array.
  Value& Append(Value value);
  // The field's value; null (one shared constant) if there is none or this is no object.
  const Value& Get(std::string_view name) const;
  // Follows names joined by '.', e.g. "redrive.target".
  const Value& At(std::string_view path) const;

  // The text of a scalar without quotes: "true", "12", the string itself; "" for null; JSON for arrays and objects.
  std::string Plain() const;

  bool operator==(const Value&) const = default;

 private:
  using Data = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object>;
  explicit Value(Data data) : data_(std::move(data)) {}

  Data data_;
};

}  // namespace broker::cli
