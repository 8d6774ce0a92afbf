#include "cli/value.h"

#include <fmt/format.h>

#include "broker/base/check.h"
#include "cli/render.h"

namespace broker::cli {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

const Value& Null() {
  static const Value null;
  return null;
}

}  // namespace

Value& Value::Set(std::string_view name, Value value) {
  auto* fields = std::get_if<Object>(&data_);
  BROKER_CHECK(fields != nullptr);
  for (auto& [key, held] : *fields) {
    if (key != name) continue;
    held = std::move(value);
    return *this;
  }
  fields->emplace_back(std::string(name), std::move(value));
  return *this;
}

Value& Value::Append(Value value) {
  auto* items = std::get_if<Array>(&data_);
  BROKER_CHECK(items != nullptr);
  items->push_back(std::move(value));
  return *this;
}

const Value& Value::Get(std::string_view name) const {
  if (const Object* fields = object()) {
    for (const auto& [key, held] : *fields) {
      if (key == name) return held;
    }
  }
  return Null();
}

const Value& Value::At(std::string_view path) const {
  const Value* here = this;
  while (!path.empty()) {
    const auto dot = path.find('.');
    here = &here->Get(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return *here;
}

std::string Value::Plain() const {
  return std::visit(
      Overloaded{[](std::monostate) { return std::string(); },
                 [](bool flag) { return std::string(flag ? "true" : "false"); },
                 [](std::int64_t number) { return std::to_string(number); },
                 [](std::uint64_t number) { return std::to_string(number); },
                 [](double number) { return fmt::format("{}", number); }, [](const std::string& text) { return text; },
                 [this](const Array&) { return RenderJsonLine(*this); },
                 [this](const Object&) { return RenderJsonLine(*this); }},
      data_);
}

}  // namespace broker::cli
