// Checking what a filter is made of, and holding messages against it.
#include "broker/model/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/utf8.h"
#include "broker/model/filter_node.h"
#include "broker/model/filter_plan.h"
#include "broker/model/filter_words.h"
#include "broker/model/limits.h"
#include "broker/model/validation.h"

namespace broker::model {
namespace {

Error Invalid(std::string message) {
  return Error(ErrorCode::kInvalidArgument, "INVALID_FILTER", "the filter has " + std::move(message));
}

std::string Shown(std::string_view text) { return fmt::format("\"{}\"", CutText(text, 64)); }

class Checker {
 public:
  Status Check(FilterNode& node, std::size_t depth) {
    BROKER_RETURN_IF_ERROR(Count(depth, kMaxFilterDepth));
    switch (node.kind) {
      case FilterNode::Kind::kAll:
      case FilterNode::Kind::kAny:
        if (node.children.empty()) return Invalid("an AND or OR of nothing; it takes at least one condition");
        break;
      case FilterNode::Kind::kNot:
        if (node.children.size() != 1) return Invalid("a NOT of several conditions; it takes one");
        break;
      case FilterNode::Kind::kBodyIsObject: reads_body_ = true; break;
      case FilterNode::Kind::kExists: return CheckOperand(node.operand);
      case FilterNode::Kind::kTest:
        BROKER_RETURN_IF_ERROR(CheckOperand(node.operand));
        return Check(node.test, depth + 1);
    }
    for (FilterNode& child : node.children) BROKER_RETURN_IF_ERROR(Check(child, depth + 1));
    return {};
  }

  bool reads_body() const { return reads_body_; }

 private:
  Status Count(std::size_t depth, std::size_t deepest) {
    if (depth > deepest) return Invalid(fmt::format("more than {} levels of nesting", kMaxFilterDepth));
    if (++nodes_ > kMaxFilterNodes) return Invalid(fmt::format("more than {} conditions and values", kMaxFilterNodes));
    return {};
  }

  Status CheckOperand(const FilterOperand& operand) {
    const bool body = operand.kind == FilterOperand::Kind::kBody;
    reads_body_ = reads_body_ || body;
    const std::string_view what = body ? "a path into the body" : "the name of an attribute";
    const std::size_t most = body ? kMaxFilterPathBytes : kMaxAttributeNameBytes;
    if (operand.name.empty()) return Invalid(fmt::format("{} that is empty", what));
    if (operand.name.size() > most) {
      return Invalid(fmt::format("{} of {} bytes, {}...; at most {}", what, operand.name.size(), Shown(operand.name), most));
    }
    if (!IsUtf8(operand.name)) return Invalid(fmt::format("{} that is not valid UTF-8", what));
    return {};
  }

  Status CheckValue(const std::string& value) {
    if (value.size() > kMaxFilterValueBytes) {
      return Invalid(fmt::format("a value of {} bytes, {}...; at most {}", value.size(), Shown(value), kMaxFilterValueBytes));
    }
    if (!IsUtf8(value)) return Invalid("a value that is not valid UTF-8");
    return {};
  }

  Status CheckNumber(const std::string& number) {
    BROKER_RETURN_IF_ERROR(CheckValue(number));
    if (!number.empty() && JsonNumberSize(number) == number.size()) return {};
    return Invalid(fmt::format("{} where a number is needed", Shown(number)));
  }

  Status Check(FilterTest& test, std::size_t depth) {
    BROKER_RETURN_IF_ERROR(Count(depth, kMaxFilterDepth + 1));  // it stands one deeper than its condition
    switch (test.kind) {
      case FilterTest::Kind::kTrue:
      case FilterTest::Kind::kFalse:
      case FilterTest::Kind::kNull: return {};
      case FilterTest::Kind::kText:
      case FilterTest::Kind::kPrefix:
      case FilterTest::Kind::kSuffix:
      case FilterTest::Kind::kIgnoreCase: return CheckValue(test.text);
      case FilterTest::Kind::kNumber: return CheckNumber(test.text);
      case FilterTest::Kind::kNetwork: {
        BROKER_RETURN_IF_ERROR(CheckValue(test.text));
        const auto network = IpNetwork::Parse(test.text);
        if (!network) {
          return Invalid(fmt::format("{} where a network is needed, such as \"10.0.0.0/8\" or \"2001:db8::/32\"", Shown(test.text)));
        }
        test.network = *network;
        return {};
      }
      case FilterTest::Kind::kRange:
        if (!test.low && !test.high) return Invalid("a range without a bound; it takes one or two");
        if (test.low) BROKER_RETURN_IF_ERROR(CheckNumber(test.low->number));
        if (test.high) BROKER_RETURN_IF_ERROR(CheckNumber(test.high->number));
        return {};
      case FilterTest::Kind::kAnythingBut:
        if (test.tests.empty()) return Invalid("an anythingBut of nothing; it takes at least one value");
        for (FilterTest& each : test.tests) BROKER_RETURN_IF_ERROR(Check(each, depth + 1));
        return {};
    }
    return {};
  }

  std::size_t nodes_ = 0;
  bool reads_body_ = false;
};

}  // namespace

Result<Filter> Filter::Make(FilterNode root) {
  Checker checker;
  BROKER_RETURN_IF_ERROR(checker.Check(root, 1));
  std::string text = ToText(root);
  if (text.size() > kMaxFilterBytes) {
    return Invalid(fmt::format("{} bytes, written out; at most {}", text.size(), kMaxFilterBytes));
  }
  struct Compiled {
    explicit Compiled(FilterNode&& from) : root(std::move(from)), plan(root) {}
    const FilterNode root;  // of which the plan has views
    const FilterPlan plan;
  };
  const auto compiled = std::make_shared<const Compiled>(std::move(root));
  return Filter(std::shared_ptr<const FilterPlan>(compiled, &compiled->plan), std::move(text), checker.reads_body());
}

bool Filter::Matches(const FilterInput& input) const { return plan_->Holds(input); }

std::uint64_t Filter::MostSteps(const FilterInput& input) const {
  return plan_->steps() * std::max<std::uint64_t>(input.ValuesOfLists() + (reads_body_ ? input.ValuesOfBody() : 0), 1);
}

}  // namespace broker::model
