// Result<T>: a value or an Error. Result<void> (alias Status): success or an Error. A face that refuses in words of its
// own names their type: Result<T, Refusal>.
// A Result that is dropped is a compile error; reading the wrong side is a programmer's error (CHECK).
#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "broker/base/check.h"
#include "broker/base/error.h"

namespace broker {

template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok()
  T& value() & { BROKER_CHECK(ok()); return *std::get_if<0>(&state_); }
  const T& value() const& { BROKER_CHECK(ok()); return *std::get_if<0>(&state_); }
  T&& value() && { BROKER_CHECK(ok()); return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok()
  const E& error() const& { BROKER_CHECK(!ok()); return Failed(std::get_if<1>(&state_)); }
  E&& error() && { BROKER_CHECK(!ok()); return std::move(Failed(std::get_if<1>(&state_))); }

 private:
  // Not ok is an error: tells gcc, which else warns of a null pointer.
  template <class F>
  static F& Failed(F* error) {
    if (error == nullptr) __builtin_unreachable();
    return *error;
  }

  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(E error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  // REQUIRES: !ok()
  const E& error() const& { BROKER_CHECK(!ok()); return *error_; }
  E&& error() && { BROKER_CHECK(!ok()); return std::move(*error_); }

 private:
  std::optional<E> error_;
};

using Status = Result<void>;

}  // namespace broker

// Returns the error of `expr` (a Result of any type) from the enclosing function, if it has one.
#define BROKER_RETURN_IF_ERROR(expr)                                    \
  do {                                                                  \
    if (auto broker_status = (expr); !broker_status.ok()) {             \
      return std::move(broker_status).error();                          \
    }                                                                   \
  } while (false)
