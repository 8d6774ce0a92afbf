// The broker's own filter language, by recursive descent; the grammar is in filter.h.
#include <fmt/format.h>

#include <utility>

#include "broker/base/utf8.h"
#include "broker/model/filter.h"
#include "broker/model/filter_node.h"
#include "broker/model/filter_words.h"
#include "broker/model/limits.h"

namespace broker::model {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  // Null: error() says why.
  std::optional<FilterNode> Parse() {
    auto filter = ParseFilter(1);
    if (!filter) return std::nullopt;
    if (at_ < text_.size()) return Expect(joined_.empty() ? "AND, OR or the end" : joined_ + " or the end");
    return filter;
  }
  Error error() const { return error_; }

 private:
  // ---- errors
  std::nullopt_t Fail(std::size_t at, std::string_view what) {
    error_ = Error(ErrorCode::kInvalidArgument, "INVALID_FILTER", fmt::format("the filter, at character {}: {}", at + 1, what));
    return std::nullopt;
  }
  std::nullopt_t Expect(std::string_view expected) {
    Skip();
    std::string found = "the end";
    if (at_ < text_.size()) {
      std::size_t end = at_;
      while (end < text_.size() && IsNamePart(text_[end])) ++end;
      if (end == at_) ++end;
      while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0) == 0x80) ++end;  // a whole character
      found = fmt::format("\"{}\"", text_.substr(at_, std::min<std::size_t>(end - at_, 32)));
    }
    return Fail(at_, fmt::format("found {}, expected {}", found, expected));
  }

  // ---- tokens
  void Skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  }
  bool Take(std::string_view symbol) {
    Skip();
    if (text_.substr(at_, symbol.size()) != symbol) return false;
    at_ += symbol.size();
    return true;
  }
  std::string_view PeekName() {
    Skip();
    if (at_ == text_.size() || !IsNameStart(text_[at_])) return {};
    std::size_t end = at_;
    while (end < text_.size() && IsNamePart(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }
  bool TakeWord(std::string_view word) {
    if (PeekName() != word) return false;
    at_ += word.size();
    return true;
  }

  std::optional<std::string> ParseText(std::string_view expected) {
    if (!Take("\"")) return Expect(expected);
    const std::size_t start = at_ - 1;
    std::string value;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        if (!ParseEscape(value)) return std::nullopt;
      } else {
        value += text_[at_++];
      }
    }
    if (at_ == text_.size()) return Fail(start, "a text that does not end; expected another \"");
    ++at_;
    return value;
  }
  bool ParseEscape(std::string& value) {
    const std::size_t start = at_++;
    constexpr std::string_view kEscapes = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char escape = at_ < text_.size() ? text_[at_] : '\0';
    if (const auto simple = kEscapes.find(escape); simple != std::string_view::npos) {
      value += kMeanings[simple];
      ++at_;
      return true;
    }
    auto unit = ParseUnit();
    if (unit && *unit >= 0xd800 && *unit < 0xdc00) {
      const auto low = text_.substr(at_, 1) == "\\" ? (++at_, ParseUnit()) : std::nullopt;
      unit = low && *low >= 0xdc00 && *low < 0xe000 ? std::optional(0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00))
                                                    : std::nullopt;
    } else if (unit && *unit >= 0xdc00 && *unit < 0xe000) {
      unit.reset();
    }
    if (!unit) {
      Fail(start, R"(a wrong escape in a text; expected one of \" \\ \/ \b \f \n \r \t \uXXXX)");
      return false;
    }
    AppendUtf8(value, *unit);
    return true;
  }
  std::optional<std::uint32_t> ParseUnit() {  // uXXXX
    if (text_.substr(at_, 1) != "u" || text_.size() - at_ < 5) return std::nullopt;
    std::uint32_t unit = 0;
    for (const char c : text_.substr(at_ + 1, 4)) {
      const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!letter && !(c >= '0' && c <= '9')) return std::nullopt;
      unit = unit * 16 + static_cast<std::uint32_t>(letter ? (c | 0x20) - 'a' + 10 : c - '0');
    }
    at_ += 5;
    return unit;
  }
  static void AppendUtf8(std::string& out, std::uint32_t code) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
      put(0xc0 | code >> 6);
    } else if (code < 0x10000) {
      put(0xe0 | code >> 12);
      put(0x80 | (code >> 6 & 0x3f));
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
      put(0x80 | (code >> 6 & 0x3f));
    }
    put(0x80 | (code & 0x3f));
  }
  std::optional<std::string> ParseNumber(std::string_view expected) {
    Skip();
    const std::size_t size = JsonNumberSize(text_.substr(at_));
    if (size == 0) return Expect(expected);
    std::string number(text_.substr(at_, size));
    at_ += size;
    if (at_ < text_.size() && (IsNamePart(text_[at_]) || text_[at_] == '.')) {
      at_ -= size;
      return Expect("a number");
    }
    return number;
  }
  std::optional<std::string> ParseKey() {
    const std::string_view name = PeekName();
    if (name.empty()) return ParseText("a name, quoted if it has other than letters, digits, _ and -");
    at_ += name.size();
    return std::string(name);
  }
  std::optional<std::string> ParsePath() {
    auto path = ParseKey();
    while (path && Take(".")) {
      auto key = ParseKey();
      if (!key) return std::nullopt;
      *path += '.' + *key;
    }
    return path;
  }

  // ---- the grammar
  std::optional<FilterNode> ParseFilter(std::size_t depth) {
    auto first = ParseTerm(depth);
    if (!first) return std::nullopt;
    std::vector<FilterNode> terms;
    terms.push_back(*std::move(first));
    joined_.clear();
    std::string word;
    for (auto next = PeekName(); next == "AND" || next == "OR"; next = PeekName()) {
      if (!word.empty() && next != word) {
        return Fail(at_, "AND and OR side by side; expected parentheses that say which goes first");
      }
      word = std::string(next);
      at_ += next.size();
      auto term = ParseTerm(depth);
      if (!term) return std::nullopt;
      terms.push_back(*std::move(term));
    }
    joined_ = word;
    return word == "OR" ? FilterNode::Any(std::move(terms)) : FilterNode::All(std::move(terms));
  }

  std::optional<FilterNode> ParseTerm(std::size_t depth) {
    if (depth > kMaxFilterDepth) return Fail(at_, fmt::format("more than {} levels of nesting", kMaxFilterDepth));
    if (TakeWord("NOT") || Take("-")) {
      auto term = ParseTerm(depth + 1);
      if (!term) return std::nullopt;
      return FilterNode::Not(*std::move(term));
    }
    if (Take("(")) {
      auto filter = ParseFilter(depth + 1);
      if (filter && !Take(")")) return Expect(joined_.empty() ? "AND, OR or \")\"" : joined_ + " or \")\"");
      return filter;
    }
    if (TakeWord("isObject")) {
      if (!Take("(")) return Expect("\"(\"");
      if (!TakeWord("body")) return Expect("body");
      if (!Take(")")) return Expect("\")\"");
      return FilterNode::BodyIsObject();
    }
    if (TakeWord("hasPrefix")) {
      if (!Take("(")) return Expect("\"(\"");
      auto operand = ParseOperand("attributes.NAME or body.PATH");
      if (!operand) return std::nullopt;
      if (!Take(",")) return Expect("\",\"");
      auto prefix = ParseText("a text in quotes");
      if (!prefix) return std::nullopt;
      if (!Take(")")) return Expect("\")\"");
      return FilterNode::Where(*std::move(operand), FilterTest::Prefix(*std::move(prefix)));
    }
    return ParseCondition(depth);
  }

  std::optional<FilterNode> ParseCondition(std::size_t depth) {
    const std::size_t start = at_;
    for (const bool body : {false, true}) {
      if (TakeWord(body ? "body" : "attributes") && Take(":")) {
        auto name = body ? ParsePath() : ParseKey();
        if (!name) return std::nullopt;
        return FilterNode::Exists(body ? FilterOperand::Body(*std::move(name)) : FilterOperand::Attribute(*std::move(name)));
      }
      at_ = start;
    }
    auto operand = ParseOperand("a condition, such as attributes.NAME = \"VALUE\", NOT or \"(\"");
    if (!operand) return std::nullopt;
    const bool differs = Take("!=");
    if (differs || Take("=")) {
      auto test = ParseTest(depth + 1);
      if (!test) return std::nullopt;
      FilterNode node = FilterNode::Where(*std::move(operand), *std::move(test));
      return differs ? FilterNode::Not(std::move(node)) : std::move(node);
    }
    FilterTest range = FilterTest::Range({}, {});
    Skip();
    if (text_.substr(at_, 1) != "<" && text_.substr(at_, 1) != ">") return Expect("one of = != < <= > >=");
    if (!ParseBound(range)) return std::nullopt;
    return FilterNode::Where(*std::move(operand), std::move(range));
  }

  std::optional<FilterOperand> ParseOperand(std::string_view expected) {
    const bool text = TakeWord("text");
    if (text && !Take("(")) return Expect("\"(\"");
    if (!text && TakeWord("body")) {
      if (!Take(".")) return Expect("\".\" or \":\" and a path");
      auto path = ParsePath();
      if (!path) return std::nullopt;
      return FilterOperand::Body(*std::move(path));
    }
    if (!TakeWord("attributes")) return Expect(text ? "attributes.NAME" : expected);
    if (!Take(".")) return Expect(text ? "\".\" and a name" : "\".\" or \":\" and a name");
    auto name = ParseKey();
    if (!name) return std::nullopt;
    if (text && !Take(")")) return Expect("\")\"");
    return text ? FilterOperand::AttributeText(*std::move(name)) : FilterOperand::Attribute(*std::move(name));
  }

  bool ParseBound(FilterTest& range) {
    Skip();
    const std::size_t start = at_;
    const bool low = Take(">");
    if (!low && !Take("<")) {
      Expect("one of < <= > >=");
      return false;
    }
    const bool inclusive = at_ < text_.size() && text_[at_] == '=' && Take("=");
    auto number = ParseNumber("a number");
    if (!number) return false;
    std::optional<FilterBound>& bound = low ? range.low : range.high;
    if (bound) {
      Fail(start, "a second bound of the same side; expected one of the other");
      return false;
    }
    bound = FilterBound{*std::move(number), inclusive};
    return true;
  }

  std::optional<FilterTest> ParseTest(std::size_t depth) {
    constexpr std::string_view kExpected =
        "a text in quotes, a number, true, false, null, prefix, suffix, ignoreCase, network, range or anythingBut";
    if (depth > kMaxFilterDepth + 1) return Fail(at_, fmt::format("more than {} levels of nesting", kMaxFilterDepth));
    Skip();
    const char next = at_ < text_.size() ? text_[at_] : '\0';
    if (next == '"') {
      auto text = ParseText(kExpected);
      if (!text) return std::nullopt;
      return FilterTest::Text(*std::move(text));
    }
    if (next == '-' || (next >= '0' && next <= '9')) {
      auto number = ParseNumber(kExpected);
      if (!number) return std::nullopt;
      return FilterTest::Number(*std::move(number));
    }
    if (TakeWord("true")) return FilterTest::Boolean(true);
    if (TakeWord("false")) return FilterTest::Boolean(false);
    if (TakeWord("null")) return FilterTest::Null();
    struct OfText {
      std::string_view word;
      FilterTest (*make)(std::string);
    };
    for (const OfText& each : {OfText{"prefix", FilterTest::Prefix}, OfText{"suffix", FilterTest::Suffix},
                               OfText{"ignoreCase", FilterTest::IgnoreCase}, OfText{"network", FilterTest::Network}}) {
      if (!TakeWord(each.word)) continue;
      if (!Take("(")) return Expect("\"(\"");
      auto text = ParseText("a text in quotes");
      if (!text) return std::nullopt;
      if (!Take(")")) return Expect("\")\"");
      return each.make(*std::move(text));
    }
    if (TakeWord("range")) {
      if (!Take("(")) return Expect("\"(\"");
      FilterTest range = FilterTest::Range({}, {});
      if (!ParseBound(range) || (Take(",") && !ParseBound(range))) return std::nullopt;
      if (!Take(")")) return Expect(range.low && range.high ? "\")\"" : "\",\" or \")\"");
      return range;
    }
    if (TakeWord("anythingBut")) {
      if (!Take("(")) return Expect("\"(\"");
      std::vector<FilterTest> tests;
      do {
        auto test = ParseTest(depth + 1);
        if (!test) return std::nullopt;
        tests.push_back(*std::move(test));
      } while (Take(","));
      if (!Take(")")) return Expect("\",\" or \")\"");
      return FilterTest::AnythingBut(std::move(tests));
    }
    return Expect(kExpected);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string joined_;  // AND or OR, if the last filter was joined by it
  Error error_;
};

}  // namespace

Result<Filter> Filter::Parse(std::string_view text) {
  if (text.size() > kMaxFilterBytes) {
    return Error(ErrorCode::kInvalidArgument, "INVALID_FILTER",
                 fmt::format("the filter has {} bytes; at most {}", text.size(), kMaxFilterBytes));
  }
  if (!IsUtf8(text)) return Error(ErrorCode::kInvalidArgument, "INVALID_FILTER", "the filter is not valid UTF-8");
  Parser parser(text);
  auto root = parser.Parse();
  if (!root) return parser.error();
  return Make(*std::move(root));
}

}  // namespace broker::model
