#include "broker/base/log.h"

#include <gtest/gtest.h>

#include <string>

namespace broker {
namespace {

// The line without its time and level.
std::string TextOf(std::string_view value) {
  ConfigureLog(LogLevel::kInfo, LogFormat::kText);
  testing::internal::CaptureStderr();
  Log(LogLevel::kInfo, "event", {{"key", value}});
  const std::string line = testing::internal::GetCapturedStderr();
  return line.substr(line.find("event"));
}

TEST(TextLog, QuotesWhatIsNotOneWord) {
  EXPECT_EQ(TextOf("word/1.2:3"), "event key=word/1.2:3\n");
  EXPECT_EQ(TextOf(""), "event key=\"\"\n");
  EXPECT_EQ(TextOf("a b"), "event key=\"a b\"\n");
  EXPECT_EQ(TextOf("a=\"b\""), "event key=\"a=\\\"b\\\"\"\n");
}

TEST(TextLog, ShowsNoControlCharacter) {
  EXPECT_EQ(TextOf("\x1b[2J"), "event key=\"\\u001b[2J\"\n");
  EXPECT_EQ(TextOf("a\x7f"), "event key=\"a\\u007f\"\n");
  EXPECT_EQ(TextOf("a\nb"), "event key=\"a\\u000ab\"\n");
}

}  // namespace
}  // namespace broker
