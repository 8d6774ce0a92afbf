#include "broker/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace broker {
namespace {

Error Refusal() { return Error(ErrorCode::kNotFound, "GONE", "it is gone"); }

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> value = 7;
  EXPECT_TRUE(value.ok());
  EXPECT_EQ(*value, 7);
  const Result<int> error = Refusal();
  EXPECT_FALSE(error.ok());
  EXPECT_EQ(error.error().reason, "GONE");
}

TEST(Result, MovesItsValueOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 3);
}

TEST(Status, IsOkUnlessGivenAnError) {
  EXPECT_TRUE(Status().ok());
  EXPECT_FALSE(Status(Refusal()).ok());
}

TEST(ReturnIfError, LeavesTheFunctionWithTheError) {
  const auto run = [](Status first) -> Result<std::string> {
    BROKER_RETURN_IF_ERROR(std::move(first));
    return std::string("went on");
  };
  EXPECT_EQ(*run({}), "went on");
  EXPECT_EQ(run(Refusal()).error().code, ErrorCode::kNotFound);
}

TEST(ResultDeathTest, ReadingTheWrongSideEndsTheProcess) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(static_cast<void>(Result<int>(Refusal()).value()), "this must hold and does not: ok\\(\\)");
  EXPECT_DEATH(static_cast<void>(Result<int>(1).error()), "this must hold and does not");
}

}  // namespace
}  // namespace broker
