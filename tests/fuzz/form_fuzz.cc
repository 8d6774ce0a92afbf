// A form, read by a shape with one of each kind: what comes out is UTF-8 and within its declared ranges, or there is a
// problem that names a field.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/aws/wire/fields.h"
#include "broker/aws/wire/form_reader.h"
#include "broker/base/check.h"
#include "broker/base/utf8.h"

namespace {

using broker::aws::Fields;

struct Attribute {
  std::string type;
  std::optional<std::string> text;
  std::optional<std::string> bytes;
};
void Read(Fields& f, Attribute& attribute) {
  f.Required("DataType", attribute.type);
  f.Optional("StringValue", attribute.text);
  f.Bytes("BinaryValue", attribute.bytes);
}

struct Input {
  std::optional<std::string> url;
  std::optional<std::int64_t> wait;
  std::optional<bool> dry;
  std::vector<std::string> names;
  std::vector<std::pair<std::string, Attribute>> attributes;
};
void Read(Fields& f, Input& in) {
  f.Optional("QueueUrl", in.url);
  f.Optional("WaitTimeSeconds", in.wait, {0, 20});
  f.Optional("Dry", in.dry);
  f.List({"AttributeNames", "AttributeName"}, in.names);
  f.Map({{"MessageAttributes", "MessageAttribute"}, "Name", "Value"}, in.attributes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view form(reinterpret_cast<const char*>(data), size);
  broker::aws::FormReader reader;
  if (const auto read = reader.Add(form); !read.ok()) {
    BROKER_CHECK(broker::IsUtf8(read.error().message));
    return 0;
  }
  broker::aws::Value tree = reader.Take();
  Fields fields(tree, broker::aws::Form::kQuery);
  Input in;
  Read(fields, in);
  if (fields.problem()) {
    BROKER_CHECK(!fields.problem()->field.empty() && broker::IsUtf8(fields.problem()->value));
    return 0;
  }
  BROKER_CHECK(!in.wait || (*in.wait >= 0 && *in.wait <= 20));
  for (const auto& name : in.names) BROKER_CHECK(broker::IsUtf8(name));
  for (const auto& [name, attribute] : in.attributes) BROKER_CHECK(broker::IsUtf8(name) && broker::IsUtf8(attribute.type));
  return 0;
}
