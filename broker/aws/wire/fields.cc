#include "broker/aws/wire/fields.h"

#include <algorithm>

#include "broker/aws/wire/base64.h"
#include "broker/aws/wire/shown.h"
#include "broker/aws/wire/whole_number.h"

namespace broker::aws {
namespace {

std::string Join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

}  // namespace

Fields::Fields(Value& object, Form form, std::string path, std::optional<FieldProblem>* problem)
    : object_(object), form_(form), path_(std::move(path)), problem_(problem != nullptr ? problem : &own_problem_) {}

Value* Fields::Find(const Name& name) {
  if (problem_->has_value()) return nullptr;
  Value* found = object_.Find(form_ == Form::kJson ? name.json : name.query);
  if (found == nullptr && form_ == Form::kQuery) found = object_.Find(name.json);
  return found == nullptr || found->kind == Value::Kind::kNull ? nullptr : found;
}

std::string Fields::Path(const Name& name) const { return Join(path_, form_ == Form::kJson ? name.json : name.query); }

void Fields::Fail(FieldProblem problem) {
  problem.value = Shown(problem.value);
  problem.field = Shown(problem.field);
  if (!problem_->has_value()) *problem_ = std::move(problem);
}

bool Fields::TakeText(Value& value, std::string path, std::string& out) {
  if (value.kind != Value::Kind::kText) {
    Fail({FieldProblem::Kind::kWrongType, std::move(path), value.text, "String", {}});
    return false;
  }
  out = std::move(value.text);
  return true;
}

bool Fields::TakeInteger(Value& value, std::string path, const Range& range, std::int64_t& out) {
  const bool right_kind = value.kind == (form_ == Form::kJson ? Value::Kind::kNumber : Value::Kind::kText);
  const auto number = right_kind ? ParseWhole<std::int64_t>(value.text) : std::nullopt;
  if (!number) {
    Fail({FieldProblem::Kind::kWrongType, std::move(path), value.text, "Integer", {}});
    return false;
  }
  out = *number;
  if (out < range.least || out > range.most) {
    Fail({FieldProblem::Kind::kOutOfRange, std::move(path), value.text, "Integer", range});
    return false;
  }
  return true;
}

void Fields::Required(Name name, std::string& out) {
  if (Value* const value = Find(name)) {
    TakeText(*value, Path(name), out);
  } else {
    Fail({FieldProblem::Kind::kMissing, Path(name), {}, "String", {}});
  }
}

void Fields::Optional(Name name, std::optional<std::string>& out) {
  if (Value* const value = Find(name)) TakeText(*value, Path(name), out.emplace());
}

void Fields::Required(Name name, std::int64_t& out, Range range) {
  if (Value* const value = Find(name)) {
    TakeInteger(*value, Path(name), range, out);
  } else {
    Fail({FieldProblem::Kind::kMissing, Path(name), {}, "Integer", {}});
  }
}

void Fields::Optional(Name name, std::optional<std::int64_t>& out, Range range) {
  if (Value* const value = Find(name)) TakeInteger(*value, Path(name), range, out.emplace());
}

void Fields::Optional(Name name, std::optional<bool>& out) {
  Value* const value = Find(name);
  if (value == nullptr) return;
  const bool right_kind = value->kind == (form_ == Form::kJson ? Value::Kind::kBoolean : Value::Kind::kText);
  if (right_kind && (value->text == "true" || value->text == "false")) {
    out = value->text == "true";
  } else {
    Fail({FieldProblem::Kind::kWrongType, Path(name), value->text, "Boolean", {}});
  }
}

void Fields::Bytes(Name name, std::optional<std::string>& out) {
  Value* const value = Find(name);
  std::string text;
  if (value == nullptr || !TakeText(*value, Path(name), text)) return;
  if (auto bytes = Base64Decode(text)) {
    out = *std::move(bytes);
  } else {
    Fail({FieldProblem::Kind::kNotBase64, Path(name), std::move(text), "Blob", {}});
  }
}

std::vector<Fields::Item> Fields::Numbered(Value& value, std::string_view wrapper, const std::string& path) {
  if (value.kind == Value::Kind::kText) {
    // How some clients write an empty list, or one of a single entry.
    if (value.text.empty()) return {};
    return {Item{{}, &value, path}};
  }
  Value* const wrapped = value.Find(wrapper);
  std::vector<std::pair<std::uint32_t, Member*>> numbered;
  for (Member& member : (wrapped != nullptr ? wrapped : &value)->members) {
    const auto number = ParseWhole<std::uint32_t>(member.name);
    if (!number) {
      Fail({FieldProblem::Kind::kWrongType, Join(path, member.name), member.name, "list index", {}});
      return {};
    }
    numbered.emplace_back(*number, &member);
  }
  std::stable_sort(numbered.begin(), numbered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Item> items;
  for (const auto& [number, member] : numbered) items.push_back({{}, &member->value, Join(path, member->name)});
  return items;
}

std::vector<Fields::Item> Fields::Items(const Name& name) {
  Value* const value = Find(name);
  if (value == nullptr) return {};
  if (form_ == Form::kQuery) return Numbered(*value, "member", Path(name));
  if (value->kind != Value::Kind::kList) {
    Fail({FieldProblem::Kind::kWrongType, Path(name), value->text, "List", {}});
    return {};
  }
  std::vector<Item> items;
  for (Value& each : value->items) {
    items.push_back({{}, &each, Join(Path(name), std::to_string(items.size() + 1))});
  }
  return items;
}

std::vector<Fields::Item> Fields::Entries(const MapName& name) {
  Value* const value = Find(name.name);
  if (value == nullptr) return {};
  std::vector<Item> entries;
  if (form_ == Form::kJson) {
    if (value->kind != Value::Kind::kObject) {
      Fail({FieldProblem::Kind::kWrongType, Path(name.name), value->text, "Map", {}});
      return {};
    }
    for (Member& member : value->members) {
      entries.push_back({member.name, &member.value, Join(Path(name.name), member.name)});
    }
    return entries;
  }
  // One entry may come without a number: "Attribute.Name" and "Attribute.Value".
  const bool single = value->Find(name.key) != nullptr;
  for (const Item& item :
       single ? std::vector<Item>{{{}, value, Path(name.name)}} : Numbered(*value, "entry", Path(name.name))) {
    Value* const key = item.value->Find(name.key);
    Value* const entry = item.value->Find(name.value);
    if (key == nullptr || entry == nullptr) {
      Fail({FieldProblem::Kind::kMissing, Join(item.path, key == nullptr ? name.key : name.value), {}, "String", {}});
      return {};
    }
    std::string text;
    if (!TakeText(*key, Join(item.path, name.key), text)) return {};
    entries.push_back({std::move(text), entry, Join(item.path, name.value)});
  }
  return entries;
}

}  // namespace broker::aws
