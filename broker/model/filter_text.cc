// A filter in the broker's own language, in one way only: equal filters have equal texts.
#include <fmt/format.h>

#include "broker/model/filter_node.h"
#include "broker/model/filter_words.h"

namespace broker::model {
namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string Key(std::string_view key) {
  bool plain = !key.empty() && IsNameStart(key.front());
  for (const char c : key) plain = plain && IsNamePart(c);
  return plain ? std::string(key) : Quoted(key);
}

std::string Path(std::string_view path) {
  std::string text;
  std::size_t from = 0;
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', from)) {
    text += Key(path.substr(from, dot - from)) + '.';
    from = dot + 1;
  }
  return text + Key(path.substr(from));
}

std::string OperandText(const FilterOperand& operand, char separator) {
  switch (operand.kind) {
    case FilterOperand::Kind::kAttribute: return fmt::format("attributes{}{}", separator, Key(operand.name));
    case FilterOperand::Kind::kAttributeText: return fmt::format("text(attributes{}{})", separator, Key(operand.name));
    case FilterOperand::Kind::kBody: return fmt::format("body{}{}", separator, Path(operand.name));
  }
  return {};
}

std::string LowText(const FilterBound& bound) { return (bound.inclusive ? ">= " : "> ") + bound.number; }
std::string HighText(const FilterBound& bound) { return (bound.inclusive ? "<= " : "< ") + bound.number; }

std::string TestText(const FilterTest& test) {
  switch (test.kind) {
    case FilterTest::Kind::kText: return Quoted(test.text);
    case FilterTest::Kind::kNumber: return test.text;
    case FilterTest::Kind::kTrue: return "true";
    case FilterTest::Kind::kFalse: return "false";
    case FilterTest::Kind::kNull: return "null";
    case FilterTest::Kind::kPrefix: return fmt::format("prefix({})", Quoted(test.text));
    case FilterTest::Kind::kSuffix: return fmt::format("suffix({})", Quoted(test.text));
    case FilterTest::Kind::kIgnoreCase: return fmt::format("ignoreCase({})", Quoted(test.text));
    case FilterTest::Kind::kNetwork: return fmt::format("network({})", Quoted(test.text));
    case FilterTest::Kind::kRange:
      return fmt::format("range({}{}{})", test.low ? LowText(*test.low) : "", test.low && test.high ? ", " : "",
                         test.high ? HighText(*test.high) : "");
    case FilterTest::Kind::kAnythingBut: {
      std::string text = "anythingBut(";
      for (const FilterTest& each : test.tests) text += (&each == &test.tests.front() ? "" : ", ") + TestText(each);
      return text + ')';
    }
  }
  return {};
}

std::string Joined(const FilterNode& node, std::string_view word);

// As a term: what is joined by AND or OR in parentheses.
std::string Term(const FilterNode& node) {
  const bool joined = node.kind == FilterNode::Kind::kAll || node.kind == FilterNode::Kind::kAny;
  return joined ? '(' + ToText(node) + ')' : ToText(node);
}

std::string Joined(const FilterNode& node, std::string_view word) {
  std::string text;
  for (const FilterNode& child : node.children) {
    if (!text.empty()) text += word;
    text += Term(child);
  }
  return text;
}

}  // namespace

std::string ToText(const FilterNode& node) {
  switch (node.kind) {
    case FilterNode::Kind::kAll: return Joined(node, " AND ");
    case FilterNode::Kind::kAny: return Joined(node, " OR ");
    case FilterNode::Kind::kNot: return "NOT " + Term(node.children.front());
    case FilterNode::Kind::kExists: return OperandText(node.operand, ':');
    case FilterNode::Kind::kBodyIsObject: return "isObject(body)";
    case FilterNode::Kind::kTest: {
      const std::string operand = OperandText(node.operand, '.');
      const FilterTest& test = node.test;
      if (test.kind == FilterTest::Kind::kRange && !(test.low && test.high)) {
        return operand + ' ' + (test.low ? LowText(*test.low) : HighText(*test.high));
      }
      return operand + " = " + TestText(test);
    }
  }
  return {};
}

}  // namespace broker::model
