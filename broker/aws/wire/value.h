// What a request says, as one tree, whichever codec it came by. A form's leaves are all texts, and its lists and maps
// are objects with numbered members: only who knows the shape can tell them apart (fields.h).
// Plain values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace broker::aws {

struct Member;

struct Value {
  enum class Kind { kNull, kText, kNumber, kBoolean, kList, kObject };

  Kind kind = Kind::kNull;
  std::string text;             // kText; of kNumber and kBoolean the literal as sent
  std::vector<Value> items;     // kList
  std::vector<Member> members;  // kObject, in the order sent, each name once

  Value* Find(std::string_view name);
  const Value* Find(std::string_view name) const;

  static Value Text(std::string text);
};

struct Member {
  std::string name;
  Value value;
};

inline Value Value::Text(std::string text) { return {Kind::kText, std::move(text), {}, {}}; }

// Bounds of a request, above every legal one: they keep a small body from becoming a large tree.
inline constexpr std::size_t kMaxDepth = 16;
inline constexpr std::size_t kMaxValues = 20'000;
inline constexpr std::size_t kMaxMembers = 1'000;  // of one object

}  // namespace broker::aws
