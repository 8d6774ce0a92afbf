// What a filter is made of, for faces that compile their own language to it: plain values, checked by Filter::Make. What
// each means is said in filter.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/base/ip_network.h"

namespace broker::model {

struct FilterOperand {
  enum class Kind { kAttribute, kAttributeText, kBody };
  Kind kind = Kind::kAttribute;
  std::string name;  // of the attribute; of a body, keys joined by dots

  static FilterOperand Attribute(std::string name) { return {Kind::kAttribute, std::move(name)}; }
  static FilterOperand AttributeText(std::string name) { return {Kind::kAttributeText, std::move(name)}; }
  static FilterOperand Body(std::string path) { return {Kind::kBody, std::move(path)}; }
};

struct FilterBound {
  std::string number;  // as in JSON
  bool inclusive = false;
};

// Of one value.
struct FilterTest {
  enum class Kind {
    kText, kNumber, kTrue, kFalse, kNull, kPrefix, kSuffix, kIgnoreCase, kNetwork, kRange, kAnythingBut
  };
  Kind kind = Kind::kNull;
  std::string text;                // kText to kNetwork
  std::optional<FilterBound> low;  // kRange: one or both
  std::optional<FilterBound> high;
  std::vector<FilterTest> tests;   // kAnythingBut: at least one
  IpNetwork network;               // kNetwork; set by Filter::Make

  static FilterTest Text(std::string text) { return {Kind::kText, std::move(text)}; }
  static FilterTest Number(std::string number) { return {Kind::kNumber, std::move(number)}; }
  static FilterTest Boolean(bool value) { return {value ? Kind::kTrue : Kind::kFalse}; }
  static FilterTest Null() { return {Kind::kNull}; }
  static FilterTest Prefix(std::string text) { return {Kind::kPrefix, std::move(text)}; }
  static FilterTest Suffix(std::string text) { return {Kind::kSuffix, std::move(text)}; }
  static FilterTest IgnoreCase(std::string text) { return {Kind::kIgnoreCase, std::move(text)}; }
  static FilterTest Network(std::string text) { return {Kind::kNetwork, std::move(text)}; }
  static FilterTest Range(std::optional<FilterBound> low, std::optional<FilterBound> high);
  static FilterTest AnythingBut(std::vector<FilterTest> tests);
};

struct FilterNode {
  enum class Kind { kAll, kAny, kNot, kExists, kTest, kBodyIsObject };
  Kind kind = Kind::kAll;
  std::vector<FilterNode> children;  // kAll, kAny: at least one; kNot: one
  FilterOperand operand;             // kExists, kTest
  FilterTest test;                   // kTest

  // Of one child: the child itself.
  static FilterNode All(std::vector<FilterNode> children);
  static FilterNode Any(std::vector<FilterNode> children);
  static FilterNode Not(FilterNode child);
  static FilterNode Exists(FilterOperand operand);
  static FilterNode Where(FilterOperand operand, FilterTest test);
  static FilterNode BodyIsObject();
};

// In the broker's own language.
std::string ToText(const FilterNode& node);

}  // namespace broker::model
