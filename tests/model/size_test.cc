#include <gtest/gtest.h>

#include "broker/model/message.h"

namespace broker::model {
namespace {

TEST(SizeBytes, CountsBodySubjectKeyAndAttributes) {
  MessageContent content;
  EXPECT_EQ(SizeBytes(content), 0u);
  content.body = "12345";
  content.subject = "12";
  content.ordering_key = "1";
  content.attributes["abc"] = {AttributeKind::kText, "1234", "12"};
  EXPECT_EQ(SizeBytes(content), 5u + 2 + 1 + 3 + 4 + 2);
}

TEST(SizeBytes, LeavesSystemAttributesAndDeduplicationIdOut) {
  MessageContent content;
  content.system_attributes["trace"] = {AttributeKind::kText, "1234", ""};
  content.deduplication_id = "123";
  EXPECT_EQ(SizeBytes(content), 0u);
}

}  // namespace
}  // namespace broker::model
