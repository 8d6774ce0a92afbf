#include "cli/status.h"

#include <gtest/gtest.h>

#include "broker/v1/status.pb.h"
#include "cli/exit_code.h"

namespace broker::cli {
namespace {

const Connection kHere{"127.0.0.1:8085", "default", "the default"};

template <class Detail>
void Add(v1::Status& status, const char* name, const Detail& detail) {
  auto& any = *status.add_details();
  any.set_type_url(std::string("type.googleapis.com/google.rpc.") + name);
  any.set_value(detail.SerializeAsString());
}

grpc::Status Refused(grpc::StatusCode code, const std::string& reason, const std::string& field,
                     const std::string& resource) {
  v1::Status status;
  v1::ErrorInfo info;
  info.set_reason(reason);
  Add(status, "ErrorInfo", info);
  if (!field.empty()) {
    v1::BadRequest bad;
    auto& violation = *bad.add_field_violations();
    violation.set_field(field);
    violation.set_description("13h is outside 0s to 12h");
    Add(status, "BadRequest", bad);
  }
  if (!resource.empty()) {
    v1::ResourceInfo info_of;
    info_of.set_resource_name(resource);
    Add(status, "ResourceInfo", info_of);
  }
  return {code, "said by the broker", status.SerializeAsString()};
}

TEST(StatusErrors, CarryWhatTheBrokerSaid) {
  const Error error = ErrorOf(
      Refused(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", "queue.visibility_timeout", "queue/billing"), kHere);
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.reason, "INVALID_FIELD");
  EXPECT_EQ(error.message, "said by the broker");
  EXPECT_EQ(error.resource, "queue/billing");
  ASSERT_EQ(error.violations.size(), 1u);
  EXPECT_EQ(Describe(error, kHere), "--visibility-timeout: 13h is outside 0s to 12h\n");
}

struct Mapped {
  grpc::StatusCode status;
  const char* reason;
  ErrorCode code;
  ExitCode exit;
};

class StatusCodes : public testing::TestWithParam<Mapped> {};

TEST_P(StatusCodes, BecomeErrorsAndExitCodes) {
  const Error error = ErrorOf(Refused(GetParam().status, GetParam().reason, "", ""), kHere);
  EXPECT_EQ(error.code, GetParam().code);
  EXPECT_EQ(ExitCodeOf(error.code), GetParam().exit);
}

INSTANTIATE_TEST_SUITE_P(
    Table, StatusCodes,
    testing::Values(
        Mapped{grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD", ErrorCode::kInvalidArgument, ExitCode::kUsage},
        Mapped{grpc::StatusCode::INVALID_ARGUMENT, "INVALID_RECEIPT", ErrorCode::kInvalidReceipt, ExitCode::kUsage},
        Mapped{grpc::StatusCode::NOT_FOUND, "QUEUE_NOT_FOUND", ErrorCode::kNotFound, ExitCode::kNotFound},
        Mapped{grpc::StatusCode::ALREADY_EXISTS, "X", ErrorCode::kAlreadyExists, ExitCode::kAlreadyExists},
        Mapped{grpc::StatusCode::FAILED_PRECONDITION, "LEASE_LOST", ErrorCode::kLeaseLost, ExitCode::kError},
        Mapped{grpc::StatusCode::FAILED_PRECONDITION, "IN_USE", ErrorCode::kFailedPrecondition, ExitCode::kError},
        Mapped{grpc::StatusCode::RESOURCE_EXHAUSTED, "STORAGE_FULL", ErrorCode::kStorageFull, ExitCode::kError},
        Mapped{grpc::StatusCode::RESOURCE_EXHAUSTED, "TOO_LARGE", ErrorCode::kLimitExceeded, ExitCode::kError},
        Mapped{grpc::StatusCode::UNAVAILABLE, "STOPPING", ErrorCode::kUnavailable, ExitCode::kUnavailable},
        Mapped{grpc::StatusCode::DEADLINE_EXCEEDED, "X", ErrorCode::kDeadlineExceeded, ExitCode::kUnavailable},
        Mapped{grpc::StatusCode::DATA_LOSS, "X", ErrorCode::kDataLoss, ExitCode::kError}));

TEST(StatusErrors, ARefusedConnectionNamesAddressItsOriginAndTheRemedy) {
  const grpc::Status status(grpc::StatusCode::UNAVAILABLE,
                            "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:8085: Failed to "
                            "connect to remote host: Connection refused");
  const std::string words = Describe(ErrorOf(status, kHere), kHere);
  EXPECT_NE(words.find("127.0.0.1:8085 (from the default): Connection refused\n"), std::string::npos) << words;
  EXPECT_NE(words.find("brokerd --data"), std::string::npos) << words;
  EXPECT_NE(words.find("--address"), std::string::npos) << words;
}

TEST(StatusErrors, ALostConnectionSaysThatTheOutcomeIsUnknown) {
  const Error error = ErrorOf(grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed"), kHere);
  EXPECT_EQ(error.reason, "CONNECTION_LOST");
  EXPECT_NE(Describe(error, kHere).find("may have been carried out or not"), std::string::npos);
}

TEST(StatusErrors, DetailsThatAreNotTheBrokersDoNoHarm) {
  const Error error = ErrorOf(grpc::Status(grpc::StatusCode::NOT_FOUND, "gone", "\xff\xff\xff"), kHere);
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_EQ(error.message, "gone");
}

TEST(StatusErrors, EveryViolationHasItsLine) {
  Error error(ErrorCode::kInvalidArgument, "INVALID_FIELD", "two");
  error.violations = {{"queue.delay", "too long"}, {"queue.dead_letter.max_attempts", "too many"}};
  EXPECT_EQ(Describe(error, kHere), "--delay: too long\nerror: --max-attempts: too many\n");
}

TEST(Flags, StandForFields) {
  const std::pair<const char*, const char*> table[] = {{"queue.name", "NAME"},
                                                       {"queue.visibility_timeout", "--visibility-timeout"},
                                                       {"subscription.dead_letter.target", "--dead-letter"},
                                                       {"subscription.topic", "--topic"},
                                                       {"subscription.ordered", "--ordered"},
                                                       {"queue.exactly_once", "--exactly-once"},
                                                       {"queue.bounds.overflow", "--overflow"},
                                                       {"start", "--start"},
                                                       {"messages[3].body", "--body"},
                                                       {"messages[0].attributes[\"a\"]", "--attribute a"},
                                                       {"messages[0].attributes[\"a\"].label", "--attribute a"},
                                                       {"messages[0].attributes[0].key", "--attribute"},
                                                       {"entries[0].receipt", "RECEIPT"},
                                                       {"receipts[2]", "RECEIPT"},
                                                       {"max_messages", "--max"},
                                                       {"page_token", "page_token"},
                                                       {"", ""}};
  for (const auto& [field, flag] : table) EXPECT_EQ(FlagOf(field), flag) << field;
}

}  // namespace
}  // namespace broker::cli
