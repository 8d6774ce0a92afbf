// Which messages pass: one predicate type, to which every face's filter language compiles. Immutable; copies share.
//
// A face builds a FilterNode (filter_node.h) and gives it to Make; people write the broker's own language:
//
//   filter  = term { "AND" term } | term { "OR" term }          the two mixed need parentheses
//   term    = ( "NOT" | "-" ) term | "(" filter ")"
//           | "attributes" ":" key | "body" ":" path            it is there; of a body, a scalar is
//           | "isObject" "(" "body" ")"                         the body is a JSON object
//           | operand ( "=" | "!=" ) test                       "!=" is NOT "=": true also where there is nothing
//           | operand ( "<" | "<=" | ">" | ">=" ) number
//           | "hasPrefix" "(" operand "," text ")"              the same as operand = prefix(text)
//   operand = "attributes" "." key                              by its kind: text, or number
//           | "text" "(" "attributes" "." key ")"               as text, whatever its kind
//           | "body" "." path
//   path    = key { "." key }
//   test    = text | number | "true" | "false" | "null"
//           | ( "prefix" | "suffix" | "ignoreCase" | "network" ) "(" text ")"
//           | "range" "(" bound [ "," bound ] ")"               bound: one of < <= > >= and a number
//           | "anythingBut" "(" test { "," test } ")"           there is a value, and it passes none of these
//   key     = a letter or _, then letters, digits, _ and -; or a text
//   text    = a JSON string;  number = as in JSON
//
// A test is of one value. An attribute has one; a text attribute labelled kListLabel whose value is a JSON array has its
// elements; bytes have none. A body's values are the scalars that the path leads to, through arrays too, each dot also
// standing for one in a key: a.b is both {"a":{"b":1}} and {"a.b":1}. A condition holds if any value passes its test.
// Texts compare byte for byte, ignoreCase that of ASCII letters only. Numbers compare exactly, as decimals of any length.
// What limits.h says of a filtered body's JSON holds for a list's too.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "broker/model/filter_input.h"
#include "broker/model/message.h"

namespace broker::model {

class FilterPlan;
struct FilterNode;

class Filter {
 public:
  // Errors: kInvalidArgument, INVALID_FILTER, naming the place, what was found there, what may stand there, or the limit.
  static Result<Filter> Parse(std::string_view text);
  // Errors: the same, naming the value.
  static Result<Filter> Make(FilterNode root);

  bool Matches(const MessageContent& content) const { return Matches(FilterInput(content)); }
  // Many filters share an input, and so its parsed body.
  bool Matches(const FilterInput& input) const;
  // How many values of the message it looks at until it is known, at most: what matching costs.
  std::uint64_t MostSteps(const FilterInput& input) const;
  // Whether it looks at bodies.
  bool reads_body() const { return reads_body_; }
  // In the broker's own language, whatever it was compiled from. Parses back to an equal filter.
  const std::string& text() const { return text_; }
  bool operator==(const Filter& other) const { return text_ == other.text_; }

 private:
  Filter(std::shared_ptr<const FilterPlan> plan, std::string text, bool reads_body)
      : plan_(std::move(plan)), text_(std::move(text)), reads_body_(reads_body) {}

  std::shared_ptr<const FilterPlan> plan_;
  std::string text_;
  bool reads_body_ = false;
};

}  // namespace broker::model
