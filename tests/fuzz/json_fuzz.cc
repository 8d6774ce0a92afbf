// What is read as JSON, written out and read again, is the same tree, within the bounds and in UTF-8.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/base/check.h"
#include "broker/base/utf8.h"

namespace {

using broker::aws::AppendJsonText;
using broker::aws::Value;

void Write(const Value& value, std::size_t depth, std::string& out) {
  BROKER_CHECK(depth <= broker::aws::kMaxDepth);
  switch (value.kind) {
    case Value::Kind::kNull: out += "null"; break;
    case Value::Kind::kText:
      BROKER_CHECK(broker::IsUtf8(value.text));
      AppendJsonText(value.text, out);
      break;
    case Value::Kind::kNumber:
    case Value::Kind::kBoolean: out += value.text; break;
    case Value::Kind::kList:
      out += '[';
      for (const Value& item : value.items) {
        if (&item != &value.items.front()) out += ',';
        Write(item, depth + 1, out);
      }
      out += ']';
      break;
    case Value::Kind::kObject:
      BROKER_CHECK(value.members.size() <= broker::aws::kMaxMembers);
      out += '{';
      for (const auto& member : value.members) {
        if (&member != &value.members.front()) out += ',';
        AppendJsonText(member.name, out);
        out += ':';
        Write(member.value, depth + 1, out);
      }
      out += '}';
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = broker::aws::ReadJson({reinterpret_cast<const char*>(data), size});
  if (!read.ok()) {
    BROKER_CHECK(!read.error().message.empty());
    return 0;
  }
  std::string once;
  Write(*read, 0, once);
  const auto again = broker::aws::ReadJson(once);
  BROKER_CHECK(again.ok());
  std::string twice;
  Write(*again, 0, twice);
  BROKER_CHECK(once == twice);
  return 0;
}
