#include <gmock/gmock.h>

#include <functional>

#include "broker/model/limits.h"
#include "broker/model/validation.h"

namespace broker::model {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Case {
  std::string name;
  std::function<void(MessageContent&)> change;
  std::string wrong_field;  // its beginning; empty: accepted
};

class Content : public testing::TestWithParam<Case> {};
TEST_P(Content, IsChecked) {
  MessageContent content;
  GetParam().change(content);
  const Status status = CheckContent("messages[3]", content);
  if (GetParam().wrong_field.empty()) {
    EXPECT_TRUE(status.ok()) << status.error().message;
    return;
  }
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  ASSERT_EQ(status.error().violations.size(), 1u);
  EXPECT_THAT(status.error().violations[0].field, StartsWith(GetParam().wrong_field));
}

void Add(MessageContent& content, std::string name, AttributeKind kind, std::string value, std::string label = {}) {
  content.attributes[std::move(name)] = {kind, std::move(value), std::move(label)};
}
constexpr auto kText = AttributeKind::kText;
constexpr auto kNumber = AttributeKind::kNumber;
constexpr auto kBytes = AttributeKind::kBytes;

INSTANTIATE_TEST_SUITE_P(
    Table, Content,
    testing::Values(
        Case{"empty", [](MessageContent&) {}, ""},
        Case{"largest_body", [](MessageContent& c) { c.body.assign(kMaxBodyBytes, 'x'); }, ""},
        Case{"too_large_body", [](MessageContent& c) { c.body.assign(kMaxBodyBytes + 1, 'x'); }, "messages[3].body"},
        Case{"body_of_any_bytes", [](MessageContent& c) { c.body = "\xff\xfe\x00"; }, ""},
        Case{"longest_subject", [](MessageContent& c) { c.subject.assign(kMaxSubjectBytes, 's'); }, ""},
        Case{"too_long_subject", [](MessageContent& c) { c.subject.assign(kMaxSubjectBytes + 1, 's'); },
             "messages[3].subject"},
        Case{"subject_not_text", [](MessageContent& c) { c.subject = "\xff"; }, "messages[3].subject"},
        Case{"too_long_key", [](MessageContent& c) { c.ordering_key.assign(kMaxOrderingKeyBytes + 1, 'k'); },
             "messages[3].ordering_key"},
        Case{"key_not_text", [](MessageContent& c) { c.ordering_key = "\xc0\x80"; }, "messages[3].ordering_key"},
        Case{"too_long_id", [](MessageContent& c) { c.deduplication_id.assign(kMaxDeduplicationIdBytes + 1, 'i'); },
             "messages[3].deduplication_id"},
        Case{"id_not_text", [](MessageContent& c) { c.deduplication_id = "\x80"; }, "messages[3].deduplication_id"},
        Case{"attribute_without_name", [](MessageContent& c) { Add(c, "", kText, "v"); }, "messages[3].attributes"},
        Case{"attribute_name_too_long", [](MessageContent& c) { Add(c, std::string(257, 'n'), kText, "v"); },
             "messages[3].attributes"},
        Case{"attribute_text_not_text", [](MessageContent& c) { Add(c, "a", kText, "\xff"); },
             "messages[3].attributes[\"a\"]"},
        Case{"attribute_bytes_not_text", [](MessageContent& c) { Add(c, "a", kBytes, "\xff"); }, ""},
        Case{"attribute_too_large",
             [](MessageContent& c) { Add(c, "a", kBytes, std::string(kMaxAttributeBytes + 1, 'x')); },
             "messages[3].attributes[\"a\"]"},
        Case{"label_not_text", [](MessageContent& c) { Add(c, "a", kBytes, "", "\xff"); },
             "messages[3].attributes[\"a\"].label"},
        Case{"system_attribute_not_text",
             [](MessageContent& c) {
               c.system_attributes["trace"] = {kText, "\xff", ""};
             },
             "messages[3].system_attributes[\"trace\"]"},
        Case{"hundred_attributes",
             [](MessageContent& c) {
               for (int i = 0; i < 100; ++i) Add(c, "a" + std::to_string(i), kText, "v");
             },
             ""},
        Case{"hundred_and_one_attributes",
             [](MessageContent& c) {
               for (int i = 0; i < 101; ++i) Add(c, "a" + std::to_string(i), kText, "v");
             },
             "messages[3].attributes"},
        Case{"all_together_too_large",
             [](MessageContent& c) {
               c.body.assign(kMaxBodyBytes, 'x');
               for (int i = 0; i < 5; ++i) Add(c, "a" + std::to_string(i), kBytes, std::string(250u << 10, 'x'));
             },
             "messages[3]"}),
    [](const auto& test) { return test.param.name; });

class Number : public testing::TestWithParam<std::string> {};
TEST_P(Number, IsKeptDigitForDigit) {
  MessageContent content;
  Add(content, "n", kNumber, GetParam());
  EXPECT_TRUE(CheckContent("m", content).ok());
}
INSTANTIATE_TEST_SUITE_P(Table, Number,
                         testing::Values("0", "-1", "+1", "12345678901234567890123456789012345678", "1.50", ".5", "5.",
                                         "1e10", "-1.5E-7"));

class NoNumber : public testing::TestWithParam<std::string> {};
TEST_P(NoNumber, IsRefused) {
  MessageContent content;
  Add(content, "n", kNumber, GetParam());
  const Status status = CheckContent("m", content);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("number"));
}
INSTANTIATE_TEST_SUITE_P(Table, NoNumber,
                         testing::Values("", "-", ".", "e5", "1e", "1e+", "0x10", "1 ", " 1", "1,5", "NaN", "inf",
                                         "1.2.3", "--1"));

TEST(ContentRefusal, NamesSizeAndLimit) {
  MessageContent content;
  content.body.assign(kMaxBodyBytes + 1, 'x');
  const Status status = CheckContent("messages[0]", content);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("10485761"));
  EXPECT_THAT(status.error().message, HasSubstr("10485760"));
}

}  // namespace
}  // namespace broker::model
