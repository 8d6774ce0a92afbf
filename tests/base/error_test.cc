#include "broker/base/error.h"

#include <gmock/gmock.h>

#include <set>

namespace broker {
namespace {

constexpr ErrorCode kAll[] = {
    ErrorCode::kInvalidArgument, ErrorCode::kNotFound,        ErrorCode::kAlreadyExists,  ErrorCode::kFailedPrecondition,
    ErrorCode::kLimitExceeded,   ErrorCode::kStorageFull,     ErrorCode::kInvalidReceipt, ErrorCode::kLeaseLost,
    ErrorCode::kCancelled,       ErrorCode::kDeadlineExceeded, ErrorCode::kUnavailable,   ErrorCode::kDataLoss,
    ErrorCode::kUnsupported,     ErrorCode::kPermissionDenied, ErrorCode::kInternal};

TEST(ErrorCode, HasADistinctStableWordInLowerSnakeCase) {
  std::set<std::string_view> words;
  for (const ErrorCode code : kAll) {
    const std::string_view word = ToString(code);
    EXPECT_THAT(std::string(word), testing::MatchesRegex("[a-z]+(_[a-z]+)*"));
    EXPECT_TRUE(words.insert(word).second) << word;
  }
  EXPECT_EQ(ToString(ErrorCode::kNotFound), "not_found");
  EXPECT_EQ(ToString(ErrorCode::kStorageFull), "storage_full");
}

TEST(InvalidField, NamesTheFieldInMessageAndViolation) {
  const Error error = InvalidField("messages[3].body", "too large");
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.reason, "INVALID_FIELD");
  EXPECT_EQ(error.message, "messages[3].body: too large");
  ASSERT_EQ(error.violations.size(), 1u);
  EXPECT_EQ(error.violations[0].field, "messages[3].body");
  EXPECT_EQ(error.violations[0].description, "too large");
}

}  // namespace
}  // namespace broker
