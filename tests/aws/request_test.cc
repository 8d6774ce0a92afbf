// What a request means: service, protocol, action, input. No sockets.
#include "broker/aws/request.h"

#include <gmock/gmock.h>

namespace broker::aws {
namespace {

using ::testing::HasSubstr;

Asked Ask(const net::Request& request) {
  return Understand(request, [](std::string_view action) { return action == "ListTopics" || action == "ListTagsForResource"; });
}

net::Request Json(std::string target, std::string body, std::string path = "/",
                  std::string type = "application/x-amz-json-1.0") {
  return {.method = "POST",
          .target = std::move(path),
          .headers = {{"X-Amz-Target", std::move(target)}, {"Content-Type", std::move(type)}},
          .body = std::move(body)};
}
net::Request Query(std::string body, std::string path = "/", std::string service = "") {
  net::Request request{.method = "POST",
                       .target = std::move(path),
                       .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                       .body = std::move(body)};
  if (!service.empty()) {
    request.headers.push_back({"Date", "now"});
    request.headers.push_back({"Authorization", "AWS4-HMAC-SHA256 Credential=A/20260102/r/" + service +
                                                    "/aws4_request, SignedHeaders=host, Signature=" + std::string(64, 'a')});
  }
  return request;
}

TEST(RequestTest, JsonIsToldByItsTarget) {
  Asked asked = Ask(Json("AmazonSQS.SendMessage", R"({"QueueUrl":"u"})"));
  ASSERT_FALSE(asked.refusal.has_value());
  EXPECT_EQ(asked.service, Service::kSqs);
  EXPECT_EQ(asked.form, Form::kJson);
  EXPECT_EQ(asked.action, "SendMessage");
  EXPECT_EQ(asked.input.Find("QueueUrl")->text, "u");
  EXPECT_FALSE(Ask(Json("AmazonSQS.ListQueues", "")).refusal.has_value());
  EXPECT_FALSE(Ask(Json("AmazonSQS.ListQueues", "{}", "/", "application/json; charset=utf-8")).refusal.has_value());
}

TEST(RequestTest, QueryIsTakenFromTheUrlAndTheBody) {
  Asked asked = Ask(Query("Note=x", "/?Action=ListQueues&Version=2012-11-05"));
  ASSERT_FALSE(asked.refusal.has_value());
  EXPECT_EQ(asked.form, Form::kQuery);
  EXPECT_EQ(asked.action, "ListQueues");
  EXPECT_EQ(asked.input.Find("Note")->text, "x");
  EXPECT_EQ(Ask({.method = "GET", .target = "/?Action=ListQueues"}).action, "ListQueues");
}

TEST(RequestTest, TheServiceIsToldByWhatIsSurest) {
  EXPECT_EQ(Ask(Query("Action=ListTagsForResource", "/", "sns")).service, Service::kSns);
  EXPECT_EQ(Ask(Query("Action=ListTagsForResource", "/", "sqs")).service, Service::kSqs);
  EXPECT_EQ(Ask(Query("Action=AddPermission&Version=2010-03-31", "/", "sqs")).service, Service::kSqs);
  EXPECT_EQ(Ask(Query("Action=AddPermission&Version=2010-03-31")).service, Service::kSns);
  EXPECT_EQ(Ask(Query("Action=AddPermission&Version=2012-11-05")).service, Service::kSqs);
  EXPECT_EQ(Ask(Query("Action=ListTopics", "/123456789012/q")).service, Service::kSqs);
  EXPECT_EQ(Ask(Query("Action=ListTopics")).service, Service::kSns);
  EXPECT_EQ(Ask(Query("Action=Whatever")).service, Service::kSqs);
}

TEST(RequestTest, AQueuesOwnPathIsItsUrlUnlessTheInputHasOne) {
  for (const char* const path : {"/123456789012/orders", "/queue/eu-west-1/123456789012/orders"}) {
    Asked form = Ask(Query("Action=SendMessage", path));
    EXPECT_TRUE(form.at_queue);
    EXPECT_EQ(form.input.Find("QueueUrl")->text, path);
    Asked json = Ask(Json("AmazonSQS.SendMessage", "{}", path));
    EXPECT_EQ(json.input.Find("QueueUrl")->text, path);
    EXPECT_EQ(Ask(Query("Action=SendMessage&QueueUrl=other", path)).input.Find("QueueUrl")->text, "other");
  }
  EXPECT_FALSE(Ask(Query("Action=SendMessage")).at_queue);
}

TEST(RequestTest, PathsMayBeBelowThatOfTheDaemonsOwnUrl) {
  const auto ask = [](const std::string& path) {
    return Understand(Query("Action=SendMessage", path), [](std::string_view) { return false; }, "/sqs");
  };
  for (const char* const path : {"/", "/sqs", "/sqs/"}) {
    EXPECT_FALSE(ask(path).refusal || ask(path).at_queue) << path;
    EXPECT_TRUE(Claims({.target = path}, "/sqs")) << path;
  }
  for (const char* const path : {"/sqs/123456789012/orders", "/123456789012/orders"}) {
    EXPECT_EQ(ask(path).input.Find("QueueUrl")->text, "/123456789012/orders") << path;
    EXPECT_TRUE(Claims({.target = path}, "/sqs")) << path;
  }
  EXPECT_TRUE(ask("/sns/123456789012/orders").refusal.has_value());
  EXPECT_FALSE(Claims({.target = "/sns/123456789012/orders"}, "/sqs"));
}

struct Bad {
  net::Request request;
  std::string_view code;
  int status;
  Form form;
};

TEST(RequestTest, WhatCannotBeUnderstoodIsRefusedInItsOwnProtocol) {
  const Bad table[] = {
      {Json("AmazonSNS.Publish", "{}"), "UnknownOperationException", 400, Form::kJson},
      {Json("SendMessage", "{}"), "UnknownOperationException", 400, Form::kJson},
      {Json("AmazonSQS.SendMessage", "{}", "/", "text/plain"), "UnknownOperationException", 400, Form::kJson},
      {Json("AmazonSQS.SendMessage", "{"), "MalformedInput", 400, Form::kJson},
      {Json("AmazonSQS.SendMessage", "[]"), "MalformedInput", 400, Form::kJson},
      {Json("AmazonSQS.SendMessage", "\"\xff\""), "MalformedInput", 400, Form::kJson},
      {{.method = "GET", .target = "/"}, "UnknownOperationException", 404, Form::kQuery},
      {{.method = "HEAD", .target = "/?Action=ReceiveMessage"}, "UnknownOperationException", 404, Form::kQuery},
      {{.method = "PUT", .target = "/?Action=DeleteQueue"}, "UnknownOperationException", 404, Form::kQuery},
      {Query("Version=2012-11-05"), "UnknownOperationException", 404, Form::kQuery},
      {Query("Action=%zz"), "MalformedQueryString", 400, Form::kQuery},
      {Query("Action=a&Action=b"), "MalformedQueryString", 400, Form::kQuery},
      {Query("Action=a", "/1/2/3"), "InvalidAddress", 404, Form::kQuery},
      {Json("AmazonSQS.SendMessage", "{}", "/orders"), "InvalidAddress", 404, Form::kJson},
  };
  for (const Bad& bad : table) {
    const Asked asked = Ask(bad.request);
    ASSERT_TRUE(asked.refusal.has_value()) << bad.request.target << bad.request.body;
    EXPECT_EQ(asked.refusal->fault.code, bad.code) << bad.request.target << bad.request.body;
    EXPECT_EQ(asked.form, bad.form);
    EXPECT_EQ(bad.form == Form::kJson ? asked.refusal->fault.json_status : asked.refusal->fault.status, bad.status);
  }
}

TEST(RequestTest, AMalformedSignatureIsRefused) {
  net::Request request = Query("Action=ListQueues");
  request.headers.push_back({"Authorization", "Bearer x"});
  const Asked asked = Ask(request);
  ASSERT_TRUE(asked.refusal.has_value());
  EXPECT_EQ(asked.refusal->fault.code, "IncompleteSignature");
}

TEST(RequestTest, TheFaceClaimsItsOwnPathsOnly) {
  EXPECT_TRUE(Claims({.target = "/?Action=x"}));
  EXPECT_TRUE(Claims({.target = "/123456789012/q"}));
  EXPECT_TRUE(Claims({.target = "/queue/r/123456789012/q"}));
  EXPECT_TRUE(Claims(Json("AmazonSQS.X", "", "/any")));
  EXPECT_FALSE(Claims({.target = "/livez"}));
  EXPECT_FALSE(Claims({.target = "/v1/projects/p/topics/t"}));
}

}  // namespace
}  // namespace broker::aws
