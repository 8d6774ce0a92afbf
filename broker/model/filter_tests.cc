#include "broker/model/filter_tests.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace broker::model {
namespace {

using Kind = JsonTree::Kind;
using Texts = std::vector<std::string_view>;

struct FromTheEnd {
  bool operator()(std::string_view a, std::string_view b) const {
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  }
};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct InLowerCase {
  bool operator()(std::string_view a, std::string_view b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](char x, char y) { return Lower(x) < Lower(y); });
  }
};

template <class Less>
void SortUnique(Texts& texts, Less less) {
  std::sort(texts.begin(), texts.end(), less);
  texts.erase(std::unique(texts.begin(), texts.end(),
                          [&](std::string_view a, std::string_view b) { return !less(a, b) && !less(b, a); }),
              texts.end());
}

// Drops what a kept one before it covers. Sorted, what something covers comes right after it.
template <class List, class Covers>
void DropCovered(List& list, Covers covers) {
  List kept;
  for (auto& each : list) {
    if (kept.empty() || !covers(kept.back(), each)) kept.push_back(std::move(each));
  }
  list = std::move(kept);
}

// With none covering another, the last that is not behind `value` is the only one that may cover it.
template <class List, class Value, class Less, class Covers>
bool AnyCovers(const List& list, const Value& value, Less less, Covers covers) {
  const auto after = std::upper_bound(list.begin(), list.end(), value, less);
  return after != list.begin() && covers(*std::prev(after), value);
}

constexpr auto kBegins = [](std::string_view prefix, std::string_view text) { return text.starts_with(prefix); };
constexpr auto kEnds = [](std::string_view suffix, std::string_view text) { return text.ends_with(suffix); };

}  // namespace

FilterTests::FilterTests(const std::vector<const FilterTest*>& tests) {
  for (const FilterTest* test : tests) Add(*test);
  Seal();
}

void FilterTests::Add(const FilterTest& test) {
  const auto bound = [](const std::optional<FilterBound>& from) -> std::optional<Bound> {
    if (!from) return std::nullopt;
    return Bound{*Decimal::Parse(from->number), from->inclusive};
  };
  switch (test.kind) {
    case FilterTest::Kind::kText: texts_.push_back(test.text); break;
    case FilterTest::Kind::kPrefix: prefixes_.push_back(test.text); break;
    case FilterTest::Kind::kSuffix: suffixes_.push_back(test.text); break;
    case FilterTest::Kind::kIgnoreCase: ignore_case_.push_back(test.text); break;
    case FilterTest::Kind::kNetwork: networks_.push_back(test.network); break;
    case FilterTest::Kind::kTrue: true_ = true; break;
    case FilterTest::Kind::kFalse: false_ = true; break;
    case FilterTest::Kind::kNull: null_ = true; break;
    case FilterTest::Kind::kNumber: {
      const Bound point{*Decimal::Parse(test.text), true};
      intervals_.push_back({point, point});
      break;
    }
    case FilterTest::Kind::kRange: {
      const Interval interval{bound(test.low), bound(test.high)};
      if (!IsEmpty(interval)) intervals_.push_back(interval);
      break;
    }
    case FilterTest::Kind::kAnythingBut: {
      std::vector<const FilterTest*> tests;
      for (const FilterTest& each : test.tests) tests.push_back(&each);
      anything_but_.emplace_back(tests);
      break;
    }
  }
}

void FilterTests::Seal() {
  SortUnique(texts_, std::less<>());
  SortUnique(prefixes_, std::less<>());
  DropCovered(prefixes_, kBegins);
  SortUnique(suffixes_, FromTheEnd());
  DropCovered(suffixes_, kEnds);
  SortUnique(ignore_case_, InLowerCase());
  std::sort(networks_.begin(), networks_.end());
  DropCovered(networks_, [](const IpNetwork& a, const IpNetwork& b) { return a.Contains(b); });
  std::sort(intervals_.begin(), intervals_.end(), BeginsBefore);
  std::vector<Interval> joined;
  for (const Interval& each : intervals_) {
    if (joined.empty() || Apart(joined.back(), each)) {
      joined.push_back(each);
    } else if (EndsBefore(joined.back().high, each.high)) {
      joined.back().high = each.high;
    }
  }
  intervals_ = std::move(joined);
}

bool FilterTests::AnyPasses(Kind kind, std::string_view text) const {
  const bool passes = kind == Kind::kText     ? TextPasses(text)
                      : kind == Kind::kNumber ? NumberPasses(text)
                      : kind == Kind::kTrue   ? true_
                      : kind == Kind::kFalse  ? false_
                                              : kind == Kind::kNull && null_;
  return passes || std::any_of(anything_but_.begin(), anything_but_.end(),
                               [&](const FilterTests& but) { return !but.AnyPasses(kind, text); });
}

bool FilterTests::TextPasses(std::string_view text) const {
  if (std::binary_search(texts_.begin(), texts_.end(), text)) return true;
  if (AnyCovers(prefixes_, text, std::less<>(), kBegins) || AnyCovers(suffixes_, text, FromTheEnd(), kEnds)) return true;
  if (std::binary_search(ignore_case_.begin(), ignore_case_.end(), text, InLowerCase())) return true;
  if (networks_.empty()) return false;
  const auto address = IpNetwork::ParseAddress(text);
  return address && AnyCovers(
                        networks_, *address,
                        [](const IpNetwork::Address& a, const IpNetwork& network) { return a < network.first(); },
                        [](const IpNetwork& network, const IpNetwork::Address& a) { return network.Contains(a); });
}

bool FilterTests::NumberPasses(std::string_view text) const {
  if (intervals_.empty()) return false;
  const auto number = Decimal::Parse(text);
  if (!number) return false;
  const Bound point{*number, true};
  return AnyCovers(
      intervals_, Interval{point, point}, BeginsBefore,
      [](const Interval& interval, const Interval& at) { return !EndsBefore(interval.high, at.high); });
}

std::size_t FilterTests::steps() const {
  std::size_t steps = 1;
  for (const FilterTests& but : anything_but_) steps += but.steps();
  return steps;
}

bool FilterTests::IsEmpty(const Interval& interval) {
  if (!interval.low || !interval.high) return false;
  const auto order = interval.low->number <=> interval.high->number;
  return order > 0 || (order == 0 && !(interval.low->inclusive && interval.high->inclusive));
}

bool FilterTests::BeginsBefore(const Interval& a, const Interval& b) {
  if (!a.low || !b.low) return !a.low && b.low;
  const auto order = a.low->number <=> b.low->number;
  return order != 0 ? order < 0 : a.low->inclusive && !b.low->inclusive;
}

bool FilterTests::EndsBefore(const std::optional<Bound>& a, const std::optional<Bound>& b) {
  if (!a || !b) return a && !b;
  const auto order = a->number <=> b->number;
  return order != 0 ? order < 0 : !a->inclusive && b->inclusive;
}

bool FilterTests::Apart(const Interval& a, const Interval& b) {
  if (!a.high || !b.low) return false;
  const auto order = a.high->number <=> b.low->number;
  return order != 0 ? order < 0 : !a.high->inclusive && !b.low->inclusive;
}

}  // namespace broker::model
