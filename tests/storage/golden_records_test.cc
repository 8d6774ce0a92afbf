// The bytes on disk of every durable record, all fields filled: a change of format, also an accidental one, fails here.
// When the change is meant, replace the line by the one that the failure prints; once released, raise kFormatVersion.
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "broker/storage/v0/records.pb.h"
#include "storage/record_codec.h"

namespace broker::storage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const std::map<std::string, std::string>& GoldenRecords() {
  static const std::map<std::string, std::string> golden = {
#include "tests/storage/golden_records.inc"
  };
  return golden;
}

// Sets every field to values made from its number alone: `seed` tells elements of a repeated field apart. Of a oneof
// the `choice`th field is set.
void Fill(Message& message, int choice, int seed = 0);

void FillField(Message& message, const FieldDescriptor& field, int choice, int seed) {
  const auto& reflection = *message.GetReflection();
  const int value = field.number() * 100 + seed;
  const std::string text = fmt::format("{}-{}", field.name(), seed);
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, -value);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field, (std::uint64_t{1} << 40) + static_cast<std::uint64_t>(value));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(&message, &field, static_cast<std::uint32_t>(value));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, true);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnum(&message, &field, field.enum_type()->value(field.enum_type()->value_count() - 1));
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection.AddString(&message, &field, text) : reflection.SetString(&message, &field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(many ? *reflection.AddMessage(&message, &field) : *reflection.MutableMessage(&message, &field),
                  choice, seed);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;
  }
  FAIL() << "no value for " << field.full_name();
}

void Fill(Message& message, int choice, int seed) {
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (const auto* oneof = field.real_containing_oneof(); oneof != nullptr) {
      if (oneof->field(choice % oneof->field_count()) != &field) continue;
    }
    FillField(message, field, choice, seed);
    if (field.is_repeated()) FillField(message, field, choice, seed + 1);
  }
}

std::string Hex(const std::string& bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

struct Instance {
  std::string name;
  std::unique_ptr<Message> record;
};

// One of each record; where a record has a oneof, one for each of its fields.
std::vector<Instance> Instances() {
  std::vector<Instance> instances;
  const auto& file = *v0::FolderRecord::descriptor()->file();
  for (int i = 0; i < file.message_type_count(); ++i) {
    const auto& type = *file.message_type(i);
    const int choices = type.real_oneof_decl_count() == 0 ? 1 : type.oneof_decl(0)->field_count();
    for (int choice = 0; choice < choices; ++choice) {
      Instance made{type.name(), nullptr};
      if (choices > 1) made.name += "." + type.oneof_decl(0)->field(choice)->name();
      made.record.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
      Fill(*made.record, choice);
      instances.push_back(std::move(made));
    }
  }
  return instances;
}

TEST(GoldenRecordsTest, EveryRecordHasTheBytesItAlwaysHad) {
  for (const auto& [name, record] : Instances()) {
    const auto golden = GoldenRecords().find(name);
    const std::string sealed = Hex(Seal("key", *record));
    EXPECT_TRUE(golden != GoldenRecords().end() && golden->second == sealed)
        << "the format of " << name << " is not what it was; it is now\n{\"" << name << "\", \"" << sealed << "\"},";
  }
}

TEST(GoldenRecordsTest, BytesOfTheSameFormatAreReadBack) {
  for (const auto& [name, record] : Instances()) {
    const auto golden = GoldenRecords().find(name);
    if (golden == GoldenRecords().end()) continue;  // the test above says so
    const std::unique_ptr<Message> read(record->New());
    const Status status = Open("key", FromHex(golden->second), *read);
    ASSERT_TRUE(status.ok()) << name << ": " << status.error().message;
    EXPECT_EQ(read->DebugString(), record->DebugString());
  }
}

TEST(GoldenRecordsTest, NoGoldenBytesAreLeftOfARecordThatIsGone) {
  std::map<std::string, int> known;
  for (const auto& [name, record] : Instances()) known[name] = 1;
  for (const auto& [name, bytes] : GoldenRecords()) EXPECT_EQ(known.count(name), 1u) << name;
}

}  // namespace
}  // namespace broker::storage
