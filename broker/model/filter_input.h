// A message as filters look at it: its body is parsed at most once, and only if one asks, however many look.
// Confined to one thread; the content must outlive it.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "broker/model/json_tree.h"
#include "broker/model/message.h"

namespace broker::model {

// A text attribute so labelled, whose value is a JSON array, has the array's elements as values.
inline constexpr std::string_view kListLabel = "String.Array";

class FilterInput {
 public:
  explicit FilterInput(const MessageContent& content) : content_(content) {}
  FilterInput(const FilterInput&) = delete;
  FilterInput& operator=(const FilterInput&) = delete;

  const MessageContent& content() const { return content_; }
  // Null: the body is not JSON.
  const JsonTree* body() const;
  // Null: the attribute is no list. REQUIRES: one of the content's
  const JsonTree* ListOf(const Attribute& attribute) const;
  // How many there are, objects and arrays counted too; 0 of what is not JSON.
  std::size_t ValuesOfBody() const;
  std::size_t ValuesOfLists() const;

 private:
  const MessageContent& content_;
  mutable bool parsed_ = false;
  mutable std::optional<JsonTree> body_;
  mutable std::map<const Attribute*, std::optional<JsonTree>> lists_;
};

}  // namespace broker::model
