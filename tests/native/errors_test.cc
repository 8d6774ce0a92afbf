#include "broker/native/errors.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "broker/v1/status.pb.h"

namespace broker::native {
namespace {

struct Mapping {
  ErrorCode code;
  grpc::StatusCode status;
};

class ErrorMapping : public testing::TestWithParam<Mapping> {};

TEST_P(ErrorMapping, EveryCodeHasItsStatus) { EXPECT_EQ(ToCode(GetParam().code), GetParam().status); }

INSTANTIATE_TEST_SUITE_P(All, ErrorMapping,
                         testing::Values(Mapping{ErrorCode::kInvalidArgument, grpc::INVALID_ARGUMENT},
                                         Mapping{ErrorCode::kNotFound, grpc::NOT_FOUND},
                                         Mapping{ErrorCode::kAlreadyExists, grpc::ALREADY_EXISTS},
                                         Mapping{ErrorCode::kFailedPrecondition, grpc::FAILED_PRECONDITION},
                                         Mapping{ErrorCode::kLimitExceeded, grpc::RESOURCE_EXHAUSTED},
                                         Mapping{ErrorCode::kStorageFull, grpc::RESOURCE_EXHAUSTED},
                                         Mapping{ErrorCode::kInvalidReceipt, grpc::INVALID_ARGUMENT},
                                         Mapping{ErrorCode::kLeaseLost, grpc::FAILED_PRECONDITION},
                                         Mapping{ErrorCode::kCancelled, grpc::CANCELLED},
                                         Mapping{ErrorCode::kDeadlineExceeded, grpc::DEADLINE_EXCEEDED},
                                         Mapping{ErrorCode::kUnavailable, grpc::UNAVAILABLE},
                                         Mapping{ErrorCode::kDataLoss, grpc::DATA_LOSS},
                                         Mapping{ErrorCode::kUnsupported, grpc::UNIMPLEMENTED},
                                         Mapping{ErrorCode::kPermissionDenied, grpc::PERMISSION_DENIED},
                                         Mapping{ErrorCode::kInternal, grpc::INTERNAL}));

v1::Status DetailsOf(const grpc::Status& status) {
  v1::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

template <class Detail>
std::optional<Detail> Find(const v1::Status& status, const std::string& name) {
  for (const auto& any : status.details()) {
    Detail detail;
    if (any.type_url() == "type.googleapis.com/google.rpc." + name && detail.ParseFromString(any.value())) {
      return detail;
    }
  }
  return std::nullopt;
}

TEST(ErrorStatus, CarriesReasonResourceAndViolations) {
  Error error(ErrorCode::kInvalidArgument, "INVALID_FIELD", "delay: too long", "queue/billing");
  error.violations = {{"queue.delay", "too long"}, {"queue.retention", "too short"}};
  const grpc::Status status = ToStatus(error);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "delay: too long");
  const v1::Status details = DetailsOf(status);
  EXPECT_EQ(details.code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(details.message(), "delay: too long");

  const auto info = Find<v1::ErrorInfo>(details, "ErrorInfo");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->reason(), "INVALID_FIELD");
  EXPECT_EQ(info->domain(), "broker");
  const auto bad = Find<v1::BadRequest>(details, "BadRequest");
  ASSERT_TRUE(bad);
  ASSERT_EQ(bad->field_violations_size(), 2);
  EXPECT_EQ(bad->field_violations(1).field(), "queue.retention");
  EXPECT_EQ(bad->field_violations(1).description(), "too short");
  const auto resource = Find<v1::ResourceInfo>(details, "ResourceInfo");
  ASSERT_TRUE(resource);
  EXPECT_EQ(resource->resource_type(), "queue");
  EXPECT_EQ(resource->resource_name(), "queue/billing");
}

TEST(ErrorStatus, KnowsNoKindOfABareName) {
  const v1::Status details = DetailsOf(ToStatus(Error(ErrorCode::kNotFound, "NOT_FOUND", "nothing", "billing")));
  const auto resource = Find<v1::ResourceInfo>(details, "ResourceInfo");
  ASSERT_TRUE(resource);
  EXPECT_EQ(resource->resource_type(), "");
  EXPECT_EQ(resource->resource_name(), "billing");
}

TEST(ErrorStatus, LeavesOutWhatThereIsNot) {
  const v1::Status details = DetailsOf(ToStatus(Error(ErrorCode::kUnavailable, "", "stopping")));
  EXPECT_EQ(details.details_size(), 1);
  const auto info = Find<v1::ErrorInfo>(details, "ErrorInfo");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->reason(), "UNAVAILABLE");  // never empty
}

TEST(ErrorStatus, StaysWithinWhatAClientAcceptsAsMetadata) {
  Error error(ErrorCode::kInvalidArgument, "INVALID_FIELD", std::string(100'000, 'm'),
              "queue/" + std::string(9'000, 'q'));
  for (int i = 0; i < 1'000; ++i) error.violations.push_back({"messages[3].body", std::string(5'000, 'd')});
  const grpc::Status status = ToStatus(error);
  // On the wire the details are in base64.
  EXPECT_LT(status.error_message().size() + status.error_details().size() * 4 / 3, 8'000u);
  const auto bad = Find<v1::BadRequest>(DetailsOf(status), "BadRequest");
  ASSERT_TRUE(bad);
  EXPECT_GT(bad->field_violations_size(), 1);
}

TEST(ErrorStatus, TextThatIsNotUtf8IsMadeReadable) {
  const grpc::Status status = ToStatus(Error(ErrorCode::kNotFound, "QUEUE_NOT_FOUND", "no queue \xff\xfe"));
  EXPECT_EQ(status.error_message(), "no queue ??");
}

TEST(EntryErrors, HaveCodeReasonAndMessage) {
  v1::EntryError out;
  ToEntryError(Error(ErrorCode::kLeaseLost, "LEASE_LOST", "the lease is lost"), &out);
  EXPECT_EQ(out.code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(out.reason(), "LEASE_LOST");
  EXPECT_EQ(out.message(), "the lease is lost");
}

TEST(InRequest, NamesFieldsAsTheRequestDoes) {
  Error error(ErrorCode::kInvalidArgument, "INVALID_FIELD", "old");
  error.violations = {{"delivery.retention", "a"}, {"redrive.target", "b"},   {"delay", "c"},
                      {"backoff.maximum", "d"},    {"delivery.backoff", "e"}, {"notes.labels", "f"}};
  error = InRequest(std::move(error), "queue.");
  EXPECT_EQ(error.violations[0].field, "queue.retention");
  EXPECT_EQ(error.violations[1].field, "queue.dead_letter.target");
  EXPECT_EQ(error.violations[2].field, "queue.delay");
  EXPECT_EQ(error.violations[3].field, "queue.retry_backoff.maximum");
  EXPECT_EQ(error.violations[4].field, "queue.retry_backoff");
  EXPECT_EQ(error.violations[5].field, "queue.labels");
  EXPECT_TRUE(error.message.starts_with("queue.retention: a; queue.dead_letter.target: b; queue.delay: c; "));
}

TEST(InRequest, LeavesAnErrorWithoutFieldsAsItIs) {
  const Error error = InRequest(Error(ErrorCode::kNotFound, "QUEUE_NOT_FOUND", "no queue x", "queue/x"), "queue.");
  EXPECT_EQ(error.message, "no queue x");
}

}  // namespace
}  // namespace broker::native
