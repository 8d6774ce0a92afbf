// Properties of filters over random ones: written out they parse back to themselves and mean the same, and no bytes
// whatever do harm. A failure prints its seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "broker/model/filter.h"
#include "broker/model/filter_node.h"
#include "broker/model/limits.h"
#include "tests/model/filter_oracle.h"

namespace broker::model {
namespace {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  std::size_t Below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }
  template <class T>
  const T& Of(const std::vector<T>& choices) { return choices[Below(choices.size())]; }

 private:
  std::mt19937_64 engine_;
};

const std::vector<std::string> kTexts = {"", "a", "b", "ab", "A", "é", "\"", "\\", "a\nb", "10.0.0.1", "x y", "\x01", "AND", "1"};
const std::vector<std::string> kNumbers = {"0", "1", "-1", "1.0", "2.50", "1e2", "100", "12345678901234567890123456789012345678"};
const std::vector<std::string> kNames = {"a", "b", "a b", "a.b", "AND", "1", "é", "\"", "a-b", "..", "a."};

FilterTest RandomTest(Chance& chance, std::size_t depth) {
  const auto bound = [&] { return FilterBound{chance.Of(kNumbers), chance.Below(2) == 0}; };
  switch (chance.Below(depth > 3 ? 9 : 10)) {
    case 0: return FilterTest::Text(chance.Of(kTexts));
    case 1: return FilterTest::Number(chance.Of(kNumbers));
    case 2: return FilterTest::Boolean(chance.Below(2) == 0);
    case 3: return FilterTest::Null();
    case 4: return FilterTest::Prefix(chance.Of(kTexts));
    case 5: return FilterTest::Suffix(chance.Of(kTexts));
    case 6: return FilterTest::IgnoreCase(chance.Of(kTexts));
    case 7: return FilterTest::Network(chance.Below(2) == 0 ? "10.0.0.0/8" : "::1");
    case 8: {
      const std::size_t sides = chance.Below(3);
      return FilterTest::Range(sides != 0 ? std::optional(bound()) : std::nullopt,
                               sides != 1 ? std::optional(bound()) : std::nullopt);
    }
    default: {
      std::vector<FilterTest> tests;
      for (std::size_t i = 0; i <= chance.Below(3); ++i) tests.push_back(RandomTest(chance, depth + 1));
      return FilterTest::AnythingBut(std::move(tests));
    }
  }
}

FilterNode RandomNode(Chance& chance, std::size_t depth) {
  const auto operand = [&] {
    const auto kind = static_cast<FilterOperand::Kind>(chance.Below(3));
    return FilterOperand{kind, chance.Of(kNames)};
  };
  switch (chance.Below(depth > 4 ? 3 : 6)) {
    case 0: return FilterNode::Where(operand(), RandomTest(chance, 0));
    case 1: return FilterNode::Exists(operand());
    case 2: return chance.Below(4) == 0 ? FilterNode::BodyIsObject() : FilterNode::Where(operand(), RandomTest(chance, 0));
    case 3: return FilterNode::Not(RandomNode(chance, depth + 1));
    default: {
      std::vector<FilterNode> children;
      for (std::size_t i = 0; i <= chance.Below(4); ++i) children.push_back(RandomNode(chance, depth + 1));
      return chance.Below(2) == 0 ? FilterNode::All(std::move(children)) : FilterNode::Any(std::move(children));
    }
  }
}

std::string RandomJson(Chance& chance, std::size_t depth) {
  static const std::vector<std::string> kScalars = {"1", "-1", "2.5", "100", "null", "true", "false", R"("a")", R"("ab")", R"("10.0.0.1")", R"("")"};
  static const std::vector<std::string> kKeys = {"a", "b", "a b", "a.b", "", "."};
  const std::size_t kind = chance.Below(depth > 3 ? 1 : 3);
  if (kind == 0 && depth > 0) return chance.Of(kScalars);
  std::string text = kind == 1 ? "[" : "{";
  for (std::size_t i = 0; i < chance.Below(4); ++i) {
    if (i > 0) text += ',';
    if (kind != 1) text += '"' + chance.Of(kKeys) + "\":";
    text += RandomJson(chance, depth + 1);
  }
  return text + (kind == 1 ? ']' : '}');
}

MessageContent RandomContent(Chance& chance) {
  MessageContent content{.body = RandomJson(chance, 0)};
  for (std::size_t i = 0; i < chance.Below(4); ++i) {
    Attribute& attribute = content.attributes[chance.Of(kNames)];
    switch (chance.Below(4)) {
      case 0: attribute = {AttributeKind::kNumber, chance.Of(kNumbers)}; break;
      case 1: attribute = {AttributeKind::kText, RandomJson(chance, 0), std::string(kListLabel)}; break;
      case 2: attribute = {AttributeKind::kBytes, chance.Of(kTexts)}; break;
      default: attribute = {AttributeKind::kText, chance.Of(kTexts)}; break;
    }
  }
  return content;
}

TEST(RandomFilters, ParseBackToThemselvesAndMeanTheSame) {
  std::size_t passed = 0;
  std::size_t held = 0;
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    Chance chance(seed);
    const auto made = Filter::Make(RandomNode(chance, 0));
    ASSERT_TRUE(made.ok()) << "seed " << seed << ": " << made.error().message;
    const auto parsed = Filter::Parse(made->text());
    ASSERT_TRUE(parsed.ok()) << "seed " << seed << ": " << made->text() << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, *made) << "seed " << seed;
    EXPECT_EQ(parsed->reads_body(), made->reads_body()) << "seed " << seed;
    for (int i = 0; i < 5; ++i) {
      const MessageContent content = RandomContent(chance);
      const bool matches = made->Matches(content);
      EXPECT_EQ(parsed->Matches(content), matches) << "seed " << seed << ": " << made->text();
      ++held;
      passed += matches ? 1 : 0;
    }
  }
  // Neither always nor never: the comparison means something.
  EXPECT_GT(passed, held / 10);
  EXPECT_LT(passed, held * 9 / 10);
}

TEST(RandomFilters, MeanWhatTheirConditionsMeanOneByOne) {
  std::size_t passed = 0;
  std::size_t held = 0;
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    Chance chance(seed);
    const FilterNode root = RandomNode(chance, 0);
    const auto filter = Filter::Make(root);
    ASSERT_TRUE(filter.ok()) << "seed " << seed << ": " << filter.error().message;
    for (int i = 0; i < 10; ++i) {
      const MessageContent content = RandomContent(chance);
      const bool matches = filter->Matches(content);
      EXPECT_EQ(matches, oracle::Holds(root, FilterInput(content))) << "seed " << seed << ": " << filter->text();
      ++held;
      passed += matches ? 1 : 0;
    }
  }
  EXPECT_GT(passed, held / 10);
  EXPECT_LT(passed, held * 9 / 10);
}

// Where conditions become one search: many tests of one operand, and values close to what they name.
TEST(RandomFilters, ManyTestsOfOneOperandMeanWhatEachMeans) {
  static const std::vector<std::string> kNear = {"",   "a",  "ab", "abc", "b",  "ba",       "bc",       "cab",  "A",   "aB",
                                                 "ABC", "z", "é",  "10.0.0.1", "10.1.0.0", "11.0.0.0", "::1",  "::2", "1"};
  static const std::vector<std::string> kNets = {"10.0.0.0/8", "10.0.0.0/24", "10.0.0.1", "0.0.0.0/0", "::/127", "::1", "::/0"};
  static const std::vector<std::string> kNear2 = {"0", "1", "1.0", "1.5", "2", "-1", "3", "2.0e0", "-0", "10", "1e400"};
  std::size_t passed = 0;
  std::size_t held = 0;
  for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
    Chance chance(seed);
    const auto bound = [&] { return FilterBound{chance.Of(kNear2), chance.Below(2) == 0}; };
    const auto test = [&]() -> FilterTest {
      switch (chance.Below(10)) {
        case 0: return FilterTest::Text(chance.Of(kNear));
        case 1: return FilterTest::Prefix(chance.Of(kNear));
        case 2: return FilterTest::Suffix(chance.Of(kNear));
        case 3: return FilterTest::IgnoreCase(chance.Of(kNear));
        case 4: return FilterTest::Network(chance.Of(kNets));
        case 5: return FilterTest::Number(chance.Of(kNear2));
        case 6: return FilterTest::Range(bound(), std::nullopt);
        case 7: return FilterTest::Range(std::nullopt, bound());
        case 8: return FilterTest::Range(bound(), bound());
        default: return FilterTest::AnythingBut({FilterTest::Text(chance.Of(kNear)), FilterTest::Number(chance.Of(kNear2))});
      }
    };
    const std::size_t kind = chance.Below(4);
    std::vector<FilterNode> children;
    for (std::size_t i = 0; i <= chance.Below(7); ++i) {
      FilterNode where = FilterNode::Where(FilterOperand::Attribute("a"), test());
      children.push_back(kind % 2 == 0 ? std::move(where) : FilterNode::Not(std::move(where)));
    }
    const FilterNode root = kind < 2 ? FilterNode::Any(std::move(children)) : FilterNode::All(std::move(children));
    const Filter filter = *Filter::Make(root);
    for (int i = 0; i < 10; ++i) {
      MessageContent content;
      Attribute& attribute = content.attributes["a"];
      const std::size_t what = chance.Below(3);
      if (what == 0) attribute = {AttributeKind::kText, chance.Of(kNear)};
      if (what == 1) attribute = {AttributeKind::kNumber, chance.Of(kNear2)};
      if (what == 2) {
        attribute = {AttributeKind::kText, fmt::format("[\"{}\",{},true]", chance.Of(kNear), chance.Of(kNear2)), std::string(kListLabel)};
      }
      const bool matches = filter.Matches(content);
      EXPECT_EQ(matches, oracle::Holds(root, FilterInput(content)))
          << "seed " << seed << ": " << filter.text() << " of " << attribute.value;
      ++held;
      passed += matches ? 1 : 0;
    }
  }
  EXPECT_GT(passed, held / 10);
  EXPECT_LT(passed, held * 9 / 10);
}

TEST(RandomFilters, NoBytesDoHarm) {
  static const std::vector<std::string> kPieces = {
      "attributes", "body", ".", ":", "=", "!=", "<", ">=", "(", ")", ",", "\"", "\\u", "\\ud83d", "AND", "OR", "NOT", "-", "text",
      "isObject", "hasPrefix", "prefix", "range", "anythingBut", "network", "1", "1e5", "-0.5", "true", "null", " ", "a", "\xff", "\x00"};
  std::size_t parsed = 0;
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    Chance chance(seed);
    std::string text;
    if (chance.Below(2) == 0) {
      text = Filter::Make(RandomNode(chance, 2))->text();
      for (std::size_t i = 0; i <= chance.Below(3); ++i) {
        text[chance.Below(text.size())] = static_cast<char>(chance.Below(256));
      }
    } else {
      for (std::size_t i = 0; i < chance.Below(20); ++i) text += chance.Of(kPieces);
    }
    const auto filter = Filter::Parse(text);
    if (!filter.ok()) {
      EXPECT_EQ(filter.error().reason, "INVALID_FILTER") << "seed " << seed;
      continue;
    }
    ++parsed;
    EXPECT_EQ(*Filter::Parse(filter->text()), *filter) << "seed " << seed;
    MessageContent content = RandomContent(chance);
    for (std::size_t i = 0; i < chance.Below(3) && !content.body.empty(); ++i) {
      content.body[chance.Below(content.body.size())] = static_cast<char>(chance.Below(256));
    }
    (void)filter->Matches(content);
  }
  EXPECT_GT(parsed, 100u);
}

}  // namespace
}  // namespace broker::model
