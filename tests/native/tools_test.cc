// What tools and orchestrators ask: health and reflection.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <set>

#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/native/native_harness.h"

namespace broker::native {
namespace {

using namespace std::chrono_literals;
using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using grpc::reflection::v1alpha::ServerReflection;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;
using testing::IsSupersetOf;

class Tools : public NativeHarness {
 protected:
  grpc::Status Check(const std::string& service, HealthCheckResponse* response) {
    HealthCheckRequest request;
    request.set_service(service);
    TestContext context;
    return Health::NewStub(channel())->Check(&context, request, response);
  }
};

TEST_F(Tools, EveryServiceIsServing) {
  for (const char* service :
       {"", "broker.v1.Messages", "broker.v1.Queues", "broker.v1.Admin", "grpc.health.v1.Health"}) {
    HealthCheckResponse response;
    ASSERT_TRUE(Check(service, &response).ok()) << service;
    EXPECT_EQ(response.status(), HealthCheckResponse::SERVING) << service;
  }
  HealthCheckResponse response;
  EXPECT_EQ(Check("broker.v1.Nothing", &response).error_code(), grpc::NOT_FOUND);
}

TEST_F(Tools, AWatchIsToldOfTheDrainAndEnds) {
  auto stub = Health::NewStub(channel());
  TestContext context;
  auto watch = stub->Watch(&context, HealthCheckRequest());
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVING);
  EXPECT_TRUE(server().Drain(60s));
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watch->Read(&response));
  EXPECT_EQ(watch->Finish().error_code(), grpc::UNAVAILABLE);
  ASSERT_TRUE(Check("", &response).ok());  // still answered
  EXPECT_EQ(response.status(), HealthCheckResponse::NOT_SERVING);
}

TEST_F(Tools, AWatchOfAnUnknownServiceGoesOn) {
  auto stub = Health::NewStub(channel());
  TestContext context;
  HealthCheckRequest request;
  request.set_service("later");
  auto watch = stub->Watch(&context, request);
  HealthCheckResponse response;
  ASSERT_TRUE(watch->Read(&response));
  EXPECT_EQ(response.status(), HealthCheckResponse::SERVICE_UNKNOWN);
  context.TryCancel();
  EXPECT_FALSE(watch->Read(&response));
  EXPECT_EQ(watch->Finish().error_code(), grpc::CANCELLED);
}

class Reflection : public NativeHarness {
 protected:
  // Asks on one stream, in order.
  template <class Version = ServerReflection>
  std::vector<ServerReflectionResponse> Ask(const std::vector<ServerReflectionRequest>& requests) {
    auto stub = Version::NewStub(channel());
    TestContext context;
    auto stream = stub->ServerReflectionInfo(&context);
    for (const auto& request : requests) EXPECT_TRUE(stream->Write(request));
    EXPECT_TRUE(stream->WritesDone());
    std::vector<ServerReflectionResponse> responses;
    ServerReflectionResponse response;
    while (stream->Read(&response)) responses.push_back(response);
    EXPECT_TRUE(stream->Finish().ok());
    return responses;
  }
};

TEST_F(Reflection, ListsTheServices) {
  ServerReflectionRequest request;
  request.set_list_services("*");
  const auto responses = Ask({request});
  ASSERT_EQ(responses.size(), 1u);
  std::set<std::string> names;
  for (const auto& service : responses[0].list_services_response().service()) names.insert(service.name());
  EXPECT_THAT(names, IsSupersetOf({"broker.v1.Messages", "broker.v1.Topics", "broker.v1.Queues", "broker.v1.Tasks",
                                   "broker.v1.Subscriptions", "broker.v1.DeadLetters", "broker.v1.Admin",
                                   "grpc.health.v1.Health"}));
}

TEST_F(Reflection, AnswersTheSameInBothVersions) {
  std::vector<ServerReflectionRequest> requests(2);
  requests[0].set_list_services("*");
  requests[1].set_file_containing_symbol("broker.v1.Messages");
  const auto v1alpha = Ask(requests);
  const auto v1 = Ask<grpc::reflection::v1::ServerReflection>(requests);
  ASSERT_EQ(v1.size(), v1alpha.size());
  for (std::size_t i = 0; i < v1.size(); ++i) EXPECT_EQ(v1[i].SerializeAsString(), v1alpha[i].SerializeAsString());
  EXPECT_TRUE(v1[1].has_file_descriptor_response());
}

TEST_F(Reflection, GivesAFileWithAllThatItImports) {
  ServerReflectionRequest by_symbol;
  by_symbol.set_file_containing_symbol("broker.v1.Messages");
  ServerReflectionRequest by_name;
  by_name.set_file_by_filename("broker/v1/messages.proto");
  const auto responses = Ask({by_symbol, by_name});
  ASSERT_EQ(responses.size(), 2u);
  for (const auto& response : responses) {
    std::set<std::string> files;
    for (const auto& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(bytes));
      EXPECT_TRUE(files.insert(file.name()).second);
    }
    EXPECT_THAT(files, IsSupersetOf({"broker/v1/messages.proto", "broker/v1/common.proto",
                                     "google/protobuf/duration.proto", "google/protobuf/timestamp.proto"}));
  }
}

TEST_F(Reflection, AnswersWhatIsNotThereAndGoesOn) {
  std::vector<ServerReflectionRequest> requests(6);
  requests[0].set_file_containing_symbol("broker.v1.Nothing");
  requests[1].set_file_by_filename("nothing.proto");
  requests[2].mutable_file_containing_extension()->set_containing_type("broker.v1.Message");
  requests[3].set_all_extension_numbers_of_type("broker.v1.Nothing");
  requests[4].set_all_extension_numbers_of_type("broker.v1.Message");
  const auto responses = Ask(requests);
  ASSERT_EQ(responses.size(), 6u);
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(responses[static_cast<std::size_t>(i)].error_response().error_code(), grpc::NOT_FOUND) << i;
  EXPECT_TRUE(responses[4].has_all_extension_numbers_response());
  EXPECT_EQ(responses[5].error_response().error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(responses[1].original_request().file_by_filename(), "nothing.proto");
}

TEST_F(Reflection, AnUnknownMethodIsUnimplemented) {
  EXPECT_EQ(CallRaw("/broker.v1.Messages/Nothing", "").error_code(), grpc::UNIMPLEMENTED);
  EXPECT_EQ(CallRaw("/broker.v9.Nothing/Nothing", "").error_code(), grpc::UNIMPLEMENTED);
}

}  // namespace
}  // namespace broker::native
