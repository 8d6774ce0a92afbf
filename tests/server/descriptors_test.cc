#include "broker/server/descriptors.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <limits>

namespace broker::server {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<rlim_t>::max();

TEST(Descriptors, TheStoreAndEachFaceKeepWhatTheyNeedOfAnyLimit) {
  for (const std::uint64_t limit : {std::uint64_t{256}, std::uint64_t{400}, std::uint64_t{1'024}, std::uint64_t{20'000},
                                    std::uint64_t{1'048'576}, kUnlimited}) {
    SCOPED_TRACE(limit);
    const Descriptors shares = ShareDescriptors(limit).value();
    EXPECT_EQ(shares.limit, limit);
    EXPECT_GE(shares.table_files, 32);
    // Whatever the clients do, the store finds its tables' descriptors, and some.
    EXPECT_GE(limit - static_cast<std::uint64_t>(shares.http_below),
              static_cast<std::uint64_t>(shares.table_files) + 96);
    // A crowd on gRPC leaves HTTP all of its own; one on HTTP leaves gRPC as many, less what is there at rest.
    const auto http = static_cast<int>(shares.http_connections);
    EXPECT_EQ(shares.http_below - shares.grpc_below, http);
    EXPECT_GE(shares.grpc_below - http, http);
    EXPECT_GE(http, 40);
  }
}

TEST(Descriptors, MoreThanConnectionsCanUseChangesNothing) {
  const Descriptors shares = ShareDescriptors(kUnlimited).value();
  EXPECT_EQ(shares.http_connections, 10'000u);
  EXPECT_EQ(shares.http_below, 30'000);
  EXPECT_EQ(shares.table_files, 512);
  EXPECT_FALSE(shares.few());
}

TEST(Descriptors, TooFewAreRefusedByNumber) {
  EXPECT_TRUE(ShareDescriptors(1'024).value().few());
  const auto refused = ShareDescriptors(255);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "TOO_FEW_DESCRIPTORS");
  EXPECT_NE(refused.error().message.find("255 files, and needs 256"), std::string::npos);
}

}  // namespace
}  // namespace broker::server
