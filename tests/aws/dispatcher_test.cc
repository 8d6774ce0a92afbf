// The face end to end with one action that is a test's own: over sockets, in both protocols, for both services.
#include "broker/aws/dispatcher.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>

#include "broker/aws/sqs_fault.h"
#include "broker/server/thread_executor.h"
#include "tests/support/http_client.h"
#include "tests/support/wait.h"

namespace broker::aws {
namespace {

using test::HttpClient;
using ::testing::HasSubstr;

// What became of calls, seen from outside of their thread.
struct Seen {
  std::atomic<int> waiting{0};
  std::atomic<int> ended{0};
  std::atomic<int> lost{0};
};

// Answers what it was given. `Text` "wait" waits to be ended, "hand over" too, with what can be lost; "refuse" is refused.
struct Repeat {
  static constexpr std::string_view kName = "Repeat";
  struct Input {
    std::string url;
    std::optional<std::string> text;
    std::optional<std::int64_t> count;
    std::vector<std::pair<std::string, std::string>> tags;
  };
  struct Output {
    std::string arn;
    std::vector<std::string> texts;
    std::vector<std::pair<std::string, std::string>> tags;
  };

  Access Needs(const Call& call, const Input& in) const {
    const auto address = QueueAddress::FromUrl(in.url).value_or(QueueAddress{});
    return {"sqs:Repeat", call.identity().At(address).QueueArn(address.name)};
  }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    if (in.text == "refuse") return done(ToSqsRefusal(Error(ErrorCode::kInvalidReceipt, "", "not \"this\" one"), call->form()));
    if (in.text == "wait" || in.text == "hand over") {
      call->OnEnd([this, done, losing = in.text == "wait" ? nullptr : call.get()] {
        if (losing) losing->OnLost([this] { ++seen.lost; });
        ++seen.ended;
        done(Output{});
      });
      ++seen.waiting;
      return;
    }
    Output out{Needs(*call, in).resource, {}, in.tags};
    for (std::int64_t i = 0; i < in.count.value_or(1); ++i) out.texts.push_back(in.text.value_or("?"));
    done(std::move(out));
  }

  Seen& seen;
};
void Read(Fields& f, Repeat::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Optional("Text", in.text);
  f.Optional("Count", in.count, {0, 10});
  f.Map({{"Tags", "Tag"}, "Key", "Value"}, in.tags);
}
void Write(Writer& w, const Repeat::Output& out) {
  w.Text("Arn", std::string_view(out.arn));
  w.Texts({"Texts", "Text"}, out.texts);
  w.TextMap({{"Tags", "Tag"}, "Key", "Value"}, out.tags);
}

struct Forget {
  static constexpr std::string_view kName = "Forget";
  struct Input {};
  using Output = None;
  Access Needs(const Call&, const Input&) const { return {"sqs:Forget", "*"}; }
  void Process(std::shared_ptr<Call>, Input, Done<None> done) const { done(None{}); }
};
void Read(Fields&, Forget::Input&) {}

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    for (const Service service : {Service::kSqs, Service::kSns}) {
      dispatcher_.Add(service, MakeAction(Repeat{seen_}));
      dispatcher_.Add(service, MakeAction(Forget{}));
    }
    auto started = net::Server::Start(
        {}, [this](net::Request q, net::Responder r) { dispatcher_.Handle(std::move(q), std::move(r)); }, clock_);
    EXPECT_TRUE(started.ok());
    server_ = *std::move(started);
  }
  // An answer is there before the strand has done with its call: both are at rest before anything goes.
  ~DispatcherTest() override {
    server_.reset();
    strand_.Stop();
  }

  std::string Post(const std::string& path, const std::string& headers, const std::string& body) {
    return test::Post(path, body, headers);
  }
  std::string JsonText(const std::string& action, const std::string& body, const std::string& path = "/") {
    return Post(path, "X-Amz-Target: AmazonSQS." + action + "\r\nContent-Type: application/x-amz-json-1.0\r\n", body);
  }
  std::string FormText(const std::string& body, const std::string& path = "/") {
    return Post(path, "Content-Type: application/x-www-form-urlencoded\r\n", body);
  }
  net::Response Ask(const std::string& bytes) {
    HttpClient client(server_->port());
    auto response = client.Call(bytes);
    EXPECT_TRUE(response.has_value());
    return response ? *std::move(response) : net::Response{};
  }
  std::string Header(const net::Response& response, std::string_view name) {
    return std::string(net::FindHeader(response.headers, name).value_or("(none)"));
  }
  void Drain(std::function<void()> idle) {
    strand_.Post([this, idle = std::move(idle)] { dispatcher_.Drain(idle); });
  }

  Seen seen_;
  SystemClock clock_;
  SystemEntropy entropy_;
  // In the order in which a composition takes them down: last the strand.
  server::ThreadExecutor strand_{1};
  Dispatcher dispatcher_{Naming{}, strand_, entropy_};
  std::unique_ptr<net::Server> server_;
};

constexpr char kUuid[] = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

TEST_F(DispatcherTest, AnActionIsAnsweredInJson) {
  const auto response = Ask(JsonText("Repeat", R"({"QueueUrl":"q","Text":"a\"b","Count":2,"Tags":{"k":"v"}})"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Header(response, "Content-Type"), "application/x-amz-json-1.0");
  EXPECT_THAT(Header(response, "x-amzn-RequestId"), ::testing::ContainsRegex(kUuid));
  EXPECT_EQ(response.body, R"({"Arn":"arn:aws:sqs:us-east-1:000000000000:q","Texts":["a\"b","a\"b"],"Tags":{"k":"v"}})");
}

TEST_F(DispatcherTest, TheSameActionIsAnsweredInQuery) {
  const auto response = Ask(FormText("Action=Repeat&QueueUrl=q&Text=a%22b&Count=2&Tag.1.Key=k&Tag.1.Value=v"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Header(response, "Content-Type"), "text/xml");
  EXPECT_EQ(response.body,
            fmt::format("<?xml version=\"1.0\"?><RepeatResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">"
                        "<RepeatResult><Arn>arn:aws:sqs:us-east-1:000000000000:q</Arn><Text>a&quot;b</Text><Text>a&quot;b</Text>"
                        "<Tag><Key>k</Key><Value>v</Value></Tag></RepeatResult><ResponseMetadata><RequestId>{}</RequestId>"
                        "</ResponseMetadata></RepeatResponse>",
                        Header(response, "x-amzn-RequestId")));
}

TEST_F(DispatcherTest, TheOtherServiceWrapsItsLists) {
  const auto response = Ask(FormText("Action=Repeat&Version=2010-03-31&QueueUrl=q&Text=a&Tags.entry.1.Key=k&Tags.entry.1.Value=v"));
  EXPECT_THAT(response.body, HasSubstr("xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\""));
  EXPECT_THAT(response.body, HasSubstr("<Texts><member>a</member></Texts><Tags><entry><Key>k</Key>"));
}

TEST_F(DispatcherTest, AnActionWithoutOutputHasNoResult) {
  EXPECT_EQ(Ask(JsonText("Forget", "{}")).body, "{}");
  const auto response = Ask(FormText("Action=Forget"));
  EXPECT_THAT(response.body, HasSubstr("/\"><ResponseMetadata>"));
}

TEST_F(DispatcherTest, NamesAreInTheTermsOfTheQueuesPath) {
  EXPECT_THAT(Ask(FormText("Action=Repeat", "/queue/eu-west-1/123456789012/orders")).body,
              HasSubstr("<Arn>arn:aws:sqs:eu-west-1:123456789012:orders</Arn>"));
}

TEST_F(DispatcherTest, RefusalsAreSaidInEachProtocol) {
  const auto json = Ask(JsonText("Repeat", R"({"QueueUrl":"q","Text":"refuse"})"));
  EXPECT_EQ(json.status, 400);
  EXPECT_EQ(json.body, R"({"__type":"com.amazonaws.sqs#ReceiptHandleIsInvalid","message":"not \"this\" one"})");
  EXPECT_EQ(Header(json, "x-amzn-query-error"), "ReceiptHandleIsInvalid;Sender");

  const auto query = Ask(FormText("Action=Repeat&QueueUrl=q&Text=refuse"));
  EXPECT_EQ(query.status, 400);
  EXPECT_EQ(query.body,
            fmt::format("<?xml version=\"1.0\"?><ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error>"
                        "<Type>Sender</Type><Code>ReceiptHandleIsInvalid</Code><Message>not &quot;this&quot; one</Message>"
                        "<Detail/></Error><RequestId>{}</RequestId></ErrorResponse>",
                        Header(query, "x-amzn-RequestId")));
}

TEST_F(DispatcherTest, InputIsCheckedByItsShape) {
  const auto missing = Ask(JsonText("Repeat", "{}"));
  EXPECT_EQ(missing.status, 400);
  EXPECT_THAT(missing.body, HasSubstr("MissingRequiredParameterException"));
  EXPECT_EQ(Header(missing, "x-amzn-query-error"), "MissingParameter;Sender");
  EXPECT_THAT(Ask(FormText("Action=Repeat&QueueUrl=q&Count=11")).body, HasSubstr("<Code>InvalidParameterValue</Code>"));
  EXPECT_THAT(Ask(FormText("Action=Repeat&Version=2010-03-31")).body, HasSubstr("<Code>ValidationError</Code>"));
}

TEST_F(DispatcherTest, UnknownActionsAreRefused) {
  EXPECT_THAT(Ask(JsonText("Nonsense", "{}")).body, HasSubstr("com.amazon.coral.service#UnknownOperationException"));
  const auto query = Ask(FormText("Action=Nonsense"));
  EXPECT_EQ(query.status, 400);
  EXPECT_THAT(query.body, HasSubstr("<Code>InvalidAction</Code><Message>The action Nonsense is not valid for this endpoint."));
  EXPECT_THAT(Ask(FormText("Action=CreateQueue", "/123456789012/q")).body, HasSubstr("<Code>InvalidAction</Code>"));
  const auto none = Ask(test::Get("/"));
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.body, "<UnknownOperationException/>\n");
}

TEST_F(DispatcherTest, AConnectionSurvivesARefusal) {
  HttpClient client(server_->port());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.Call(JsonText("Repeat", "{"))->status, 400);
    EXPECT_EQ(client.Call(JsonText("Repeat", R"({"QueueUrl":"q"})"))->status, 200);
  }
}

TEST_F(DispatcherTest, ACallThatWaitsIsEndedWhenItsClientLeaves) {
  auto client = std::make_unique<HttpClient>(server_->port());
  client->Send(JsonText("Repeat", R"({"QueueUrl":"q","Text":"wait"})"));
  ASSERT_TRUE(test::WaitFor([&] { return seen_.waiting == 1; }));
  EXPECT_EQ(seen_.ended, 0);
  client.reset();
  EXPECT_TRUE(test::WaitFor([&] { return seen_.ended == 1; }));
}

TEST_F(DispatcherTest, WhoHasHungUpIsHandedNothingOver) {
  HttpClient client(server_->port());
  client.Send(JsonText("Repeat", R"({"QueueUrl":"q","Text":"hand over"})"));
  ASSERT_TRUE(test::WaitFor([&] { return seen_.waiting == 1; }));
  client.FinishSending();
  const auto answer = client.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503);
  EXPECT_THAT(answer->body, HasSubstr("was given back"));
  EXPECT_TRUE(test::WaitFor([&] { return seen_.lost == 1; }));
}

TEST_F(DispatcherTest, DrainingEndsWhatWaitsAndRefusesWhatIsNew) {
  HttpClient waiting(server_->port());
  HttpClient late(server_->port());
  waiting.Send(JsonText("Repeat", R"({"QueueUrl":"q","Text":"wait"})"));
  ASSERT_TRUE(test::WaitFor([&] { return seen_.waiting == 1; }));
  std::atomic<bool> idle = false;
  Drain([&] { idle = true; });
  const auto answer = waiting.Receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->body, R"({"Arn":""})");
  EXPECT_TRUE(test::WaitFor([&] { return idle.load(); }));
  const auto refused = late.Call(FormText("Action=Forget"));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_THAT(refused->body, HasSubstr("<Type>Receiver</Type><Code>ServiceUnavailable</Code>"));
}

}  // namespace
}  // namespace broker::aws
