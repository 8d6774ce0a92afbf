#include "tests/aws/sqs/sqs_test.h"

#include <fmt/format.h>

#include "broker/aws/wire/json_reader.h"

namespace broker::aws::sqs {
namespace {

std::string Between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return {};
  return text.substr(begin + from.size(), text.find(to, begin) - begin - from.size());
}

std::string With(const std::string& more) { return more.empty() ? more : ", " + more; }

}  // namespace

Value SqsTest::Do(std::string_view action, const std::string& input) {
  const net::Response response = Ask(action, input);
  EXPECT_EQ(response.status, 200) << action << " " << input << ": " << response.body;
  auto tree = ReadJson(response.body);
  EXPECT_TRUE(tree.ok()) << response.body;
  return tree.ok() ? *std::move(tree) : Value{};
}

std::string SqsTest::Refusal(std::string_view action, const std::string& input) {
  const net::Response response = Ask(action, input);
  if (response.status == 200) return "200";
  if (!input.starts_with('{')) {
    return Between(response.body, "<Code>", "</Code>") + ": " + Between(response.body, "<Message>", "</Message>");
  }
  const std::string code(net::FindHeader(response.headers, "x-amzn-query-error").value_or(""));
  return code.substr(0, code.find(';')) + ": " + Text(ReadJson(response.body).value(), "message");
}

void SqsTest::Create(const std::string& queue, const std::string& attributes) {
  Do("CreateQueue", fmt::format(R"({{"QueueName": "{}", "Attributes": {{{}}}}})", queue, attributes));
}

void SqsTest::Set(const std::string& queue, const std::string& attributes) {
  Do("SetQueueAttributes", fmt::format(R"({{"QueueUrl": "{}", "Attributes": {{{}}}}})", queue, attributes));
}

std::string SqsTest::Attribute(const std::string& queue, const std::string& name) {
  Value answer =
      Do("GetQueueAttributes", fmt::format(R"({{"QueueUrl": "{}", "AttributeNames": ["{}"]}})", queue, name));
  Value* const attributes = answer.Find("Attributes");
  return attributes == nullptr || attributes->Find(name) == nullptr ? "(none)" : Text(*attributes, name);
}

Value SqsTest::Send(const std::string& queue, const std::string& body, const std::string& more) {
  return Do("SendMessage", fmt::format(R"({{"QueueUrl": "{}", "MessageBody": "{}"{}}})", queue, body, With(more)));
}

std::vector<Value> SqsTest::Get(const std::string& queue, const std::string& more) {
  Value answer = Do("ReceiveMessage", fmt::format(R"({{"QueueUrl": "{}"{}}})", queue, With(more)));
  Value* const messages = answer.Find("Messages");
  return messages == nullptr ? std::vector<Value>() : messages->items;
}

std::string SqsTest::Text(const Value& object, std::string_view name) {
  for (const Member& member : object.members) {
    if (member.name == name) return member.value.text;
  }
  return {};
}

std::string SqsTest::Bodies(const std::vector<Value>& messages) {
  std::string bodies;
  for (const Value& message : messages) bodies += (bodies.empty() ? "" : ",") + Text(message, "Body");
  return bodies;
}

std::string SqsTest::System(Value& message, std::string_view name) {
  Value* const attributes = message.Find("Attributes");
  return attributes == nullptr ? std::string() : Text(*attributes, name);
}

}  // namespace broker::aws::sqs
