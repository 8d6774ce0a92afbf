// Reads one structure of a request into a struct, by a shape that is declared once for both codecs:
//
//   void Read(Fields& f, SendMessageInput& in) {
//     f.Required("QueueUrl", in.queue_url);
//     f.Optional("DelaySeconds", in.delay_seconds, {0, 900});
//     f.Map({"MessageAttributes", "MessageAttribute", "Name", "Value"}, in.attributes);
//   }
//
// The first problem ends the reading: later calls do nothing, and `problem` says what it was. Members that no shape
// names are ignored. Texts are moved out of the tree, so each member is read once.
// Confined to one thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/aws/wire/value.h"

namespace broker::aws {

// How the tree came about, and so what a number, a list or a map looks like in it.
enum class Form { kJson, kQuery };

// A member's name in JSON; in Query it is the same unless given.
struct Name {
  Name(const char* both) : json(both), query(both) {}  // NOLINT: implicit by design
  Name(const char* j, const char* q) : json(j), query(q) {}

  std::string_view json;
  std::string_view query;  // of a flattened list its entries' ("AttributeName" in "AttributeName.1")
};
struct MapName {
  Name name;
  std::string_view key;    // in Query: "MessageAttribute.1.Name"
  std::string_view value;  //           "MessageAttribute.1.Value"
};

struct Range {
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

struct FieldProblem {
  enum class Kind { kMissing, kWrongType, kOutOfRange, kNotBase64 };
  Kind kind = Kind::kMissing;
  std::string field;      // path in the request's own form: "Entries.1.Id"
  std::string value;      // what was sent, cut
  std::string_view type;  // what was wanted: "Integer"
  Range range;            // kOutOfRange
};

class Fields {
 public:
  Fields(Value& object, Form form) : Fields(object, form, {}, nullptr) {}

  void Required(Name name, std::string& out);
  void Optional(Name name, std::optional<std::string>& out);
  void Required(Name name, std::int64_t& out, Range range = {});
  void Optional(Name name, std::optional<std::int64_t>& out, Range range = {});
  void Optional(Name name, std::optional<bool>& out);
  void Bytes(Name name, std::optional<std::string>& out);  // base64 in both forms

  // Of texts, or of structures that have a Read(Fields&, T&). Absent is empty.
  template <class T>
  void List(Name name, std::vector<T>& out);
  // The same with texts as keys. A key that is there twice is kept twice.
  template <class T>
  void Map(const MapName& name, std::vector<std::pair<std::string, T>>& out);
  template <class T>
  void Structure(Name name, std::optional<T>& out);

  const std::optional<FieldProblem>& problem() const { return *problem_; }
  Form form() const { return form_; }

 private:
  struct Item {
    std::string key;
    Value* value;
    std::string path;
  };

  Fields(Value& object, Form form, std::string path, std::optional<FieldProblem>* problem);

  Value* Find(const Name& name);  // null: absent, or there is a problem already
  std::string Path(const Name& name) const;
  void Fail(FieldProblem problem);
  bool TakeText(Value& value, std::string path, std::string& out);
  bool TakeInteger(Value& value, std::string path, const Range& range, std::int64_t& out);
  std::vector<Item> Items(const Name& name);
  std::vector<Item> Entries(const MapName& name);
  // The numbered members of a form's list, in the order of their numbers.
  std::vector<Item> Numbered(Value& value, std::string_view wrapper, const std::string& path);

  template <class T>
  bool TakeItem(Item& item, T& out) {
    if constexpr (std::same_as<T, std::string>) {
      return TakeText(*item.value, item.path, out);
    } else {
      if (item.value->kind != Value::Kind::kObject) {
        Fail({FieldProblem::Kind::kWrongType, item.path, item.value->text, "Structure", {}});
        return false;
      }
      Fields fields(*item.value, form_, item.path, problem_);
      Read(fields, out);
      return !problem_->has_value();
    }
  }

  Value& object_;
  const Form form_;
  const std::string path_;  // of this structure, empty for the request itself
  std::optional<FieldProblem> own_problem_;
  std::optional<FieldProblem>* const problem_;  // of the request
};

template <class T>
void Fields::List(Name name, std::vector<T>& out) {
  for (Item& item : Items(name)) {
    if (!TakeItem(item, out.emplace_back())) return;
  }
}

template <class T>
void Fields::Map(const MapName& name, std::vector<std::pair<std::string, T>>& out) {
  for (Item& item : Entries(name)) {
    auto& entry = out.emplace_back();
    entry.first = std::move(item.key);
    if (!TakeItem(item, entry.second)) return;
  }
}

template <class T>
void Fields::Structure(Name name, std::optional<T>& out) {
  if (Value* const value = Find(name)) {
    Item item{{}, value, Path(name)};
    TakeItem(item, out.emplace());
  }
}

}  // namespace broker::aws
