// The first line of the input is a filter policy, the rest a message's body and the value of its attributes: in either
// scope the policy compiles or is refused with a code; what compiles is one of the broker's own filters, within its limits,
// reads back from its text, and then judges messages in the same way.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/aws/sns/filter_policy.h"
#include "broker/base/check.h"
#include "broker/base/utf8.h"
#include "broker/model/filter.h"
#include "broker/model/limits.h"

namespace {

using broker::aws::sns::FilterScope;
using broker::model::AttributeKind;

void Check(std::string_view policy, FilterScope scope, const broker::model::MessageContent& content) {
  const auto compiled = broker::aws::sns::CompileFilterPolicy("FilterPolicy", policy, scope);
  if (!compiled.ok()) {
    BROKER_CHECK(!compiled.error().fault.code.empty() && compiled.error().fault.status >= 400);
    BROKER_CHECK(broker::IsUtf8(compiled.error().message));
    return;
  }
  if (!*compiled) return;
  const broker::model::Filter& filter = **compiled;
  BROKER_CHECK(filter.text().size() <= broker::model::kMaxFilterBytes);
  const auto again = broker::model::Filter::Parse(filter.text());
  BROKER_CHECK(again.ok() && *again == filter);
  BROKER_CHECK(again->Matches(content) == filter.Matches(content));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view policy = bytes.substr(0, bytes.find('\n'));
  bytes.remove_prefix(std::min(policy.size() + 1, bytes.size()));
  broker::model::MessageContent content;
  content.body = bytes;
  content.attributes["a"] = {AttributeKind::kText, std::string(bytes), {}};
  content.attributes["b"] = {AttributeKind::kNumber, "3.5", {}};
  content.attributes["c"] = {AttributeKind::kText, std::string(bytes), std::string(broker::model::kListLabel)};
  Check(policy, FilterScope::kAttributes, content);
  Check(policy, FilterScope::kBody, content);
  return 0;
}
