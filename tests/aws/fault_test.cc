// The error tables. The codes and statuses are those of the services' own API models, and what was recorded from them.
#include <gmock/gmock.h>

#include <set>

#include "broker/aws/sns_fault.h"
#include "broker/aws/sqs_fault.h"

namespace broker::aws {
namespace {

constexpr ErrorCode kLastCode = ErrorCode::kInternal;

TEST(FaultTest, EveryErrorOfTheBrokerHasARowInBothServices) {
  for (int i = 0; i <= static_cast<int>(kLastCode); ++i) {
    const Error error(static_cast<ErrorCode>(i), "REASON", "message");
    for (const Refusal& refusal : {ToSqsRefusal(error, Form::kJson), ToSnsRefusal(error)}) {
      EXPECT_FALSE(refusal.fault.code.empty()) << ToString(error.code);
      EXPECT_FALSE(refusal.fault.json_type.empty()) << ToString(error.code);
      EXPECT_FALSE(refusal.message.empty()) << ToString(error.code);
      EXPECT_EQ(refusal.fault.sender, refusal.fault.status < 500) << ToString(error.code);
    }
  }
}

TEST(FaultTest, CodesAreDistinctWithinAService) {
  std::set<std::string_view> codes;
  for (int i = 0; i <= static_cast<int>(SqsFault::kUnsupportedOperation); ++i) {
    EXPECT_TRUE(codes.insert(RowOf(static_cast<SqsFault>(i)).code).second) << i;
  }
  codes.clear();
  for (int i = 0; i <= static_cast<int>(SnsFault::kValidation); ++i) {
    EXPECT_TRUE(codes.insert(RowOf(static_cast<SnsFault>(i)).code).second) << i;
  }
}

struct SqsRow {
  SqsFault fault;
  std::string_view json_type;
  std::string_view code;
  int status;
  int json_status;
};

class SqsFaultTest : public ::testing::TestWithParam<SqsRow> {};

TEST_P(SqsFaultTest, IsSaidAsTheRealServiceDoes) {
  const Fault row = RowOf(GetParam().fault);
  EXPECT_EQ(row.json_type, GetParam().json_type);
  EXPECT_EQ(row.code, GetParam().code);
  EXPECT_EQ(row.status, GetParam().status);
  EXPECT_EQ(row.json_status, GetParam().json_status);
}

INSTANTIATE_TEST_SUITE_P(
    All, SqsFaultTest,
    ::testing::Values(
        SqsRow{SqsFault::kQueueDoesNotExist, "com.amazonaws.sqs#QueueDoesNotExist",
               "AWS.SimpleQueueService.NonExistentQueue", 400, 400},
        SqsRow{SqsFault::kQueueNameExists, "com.amazonaws.sqs#QueueNameExists", "QueueAlreadyExists", 400, 400},
        SqsRow{SqsFault::kInvalidParameterValue, "com.amazon.coral.service#InvalidParameterValueException",
               "InvalidParameterValue", 400, 400},
        SqsRow{SqsFault::kMissingParameter, "com.amazon.coral.service#MissingRequiredParameterException",
               "MissingParameter", 400, 400},
        SqsRow{SqsFault::kPurgeQueueInProgress, "com.amazonaws.sqs#PurgeQueueInProgress",
               "AWS.SimpleQueueService.PurgeQueueInProgress", 403, 403},
        SqsRow{SqsFault::kResourceNotFound, "com.amazonaws.sqs#ResourceNotFoundException", "ResourceNotFoundException",
               404, 404},
        SqsRow{SqsFault::kOverLimit, "com.amazonaws.sqs#OverLimit", "OverLimit", 403, 400},
        SqsRow{SqsFault::kReceiptHandleIsInvalid, "com.amazonaws.sqs#ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid",
               400, 400},
        SqsRow{SqsFault::kEmptyBatchRequest, "com.amazonaws.sqs#EmptyBatchRequest",
               "AWS.SimpleQueueService.EmptyBatchRequest", 400, 400}));

TEST(FaultTest, AMissingQueueIsSaidDifferentlyByEachProtocol) {
  EXPECT_EQ(RefuseNoSuchQueue(Form::kJson).message, "The specified queue does not exist.");
  EXPECT_EQ(RefuseNoSuchQueue(Form::kQuery).message, "The specified queue does not exist for this wsdl version.");
}

TEST(FaultTest, AMissingTopicIsNotFound) {
  const Refusal refusal = ToSnsRefusal(Error(ErrorCode::kNotFound, "", "Topic does not exist"));
  EXPECT_EQ(refusal.fault.code, "NotFound");
  EXPECT_EQ(refusal.fault.status, 404);
}

TEST(FaultTest, ALimitThatIsNoQuotaIsAParametersFault) {
  const Refusal refusal = ToSnsRefusal(Error(ErrorCode::kLimitExceeded, "TOO_MANY_FILTER_STEPS", "too many", "topic/t"));
  EXPECT_EQ(refusal.fault.code, "InvalidParameter");
}

TEST(FaultTest, ProblemsOfFieldsNameTheField) {
  using Kind = FieldProblem::Kind;
  const auto code = [](Refusal refusal) { return std::string(refusal.fault.code); };
  const FieldProblem missing{Kind::kMissing, "QueueUrl", "", "String", {}};
  const FieldProblem range{Kind::kOutOfRange, "WaitTimeSeconds", "21", "Integer", {0, 20}};
  const FieldProblem type{Kind::kWrongType, "WaitTimeSeconds", "x", "Integer", {}};
  EXPECT_EQ(ToSqsRefusal(missing, Form::kJson).message, "The request must contain the parameter QueueUrl.");
  EXPECT_EQ(code(ToSqsRefusal(missing, Form::kJson)), "MissingParameter");
  EXPECT_EQ(ToSqsRefusal(range, Form::kQuery).message,
            "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.");
  EXPECT_EQ(code(ToSqsRefusal(range, Form::kQuery)), "InvalidParameterValue");
  EXPECT_EQ(ToSqsRefusal(type, Form::kJson).fault.json_type, "com.amazon.coral.service#SerializationException");
  EXPECT_EQ(code(ToSqsRefusal(type, Form::kQuery)), "InvalidParameterValue");
  EXPECT_EQ(code(ToSnsRefusal(missing, Form::kQuery)), "ValidationError");
  EXPECT_EQ(code(ToSnsRefusal(range, Form::kQuery)), "InvalidParameter");
  EXPECT_EQ(code(ToSnsRefusal(type, Form::kQuery)), "MalformedInput");
}

}  // namespace
}  // namespace broker::aws
