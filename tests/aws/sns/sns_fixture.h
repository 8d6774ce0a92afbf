// Verbs of this service over the actions' fixture. Answers are XML; a member is taken out by its name.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/aws/wire/percent.h"
#include "tests/aws/action_harness.h"

namespace broker::aws::sns {

using ::testing::HasSubstr;
using ::testing::Not;

class SnsTest : public test::ActionTest {
 public:
  explicit SnsTest(engine::EngineOptions options = {}) : ActionTest(Service::kSns, std::move(options)) {}

  using Parameters = std::vector<std::pair<std::string, std::string>>;
  static std::string Form(const Parameters& parameters) {
    std::string form;
    for (const auto& [name, value] : parameters) form += fmt::format("&{}={}", name, PercentEncode(value));
    return form.empty() ? form : form.substr(1);
  }
  net::Response Request(std::string_view action, const Parameters& parameters) { return Ask(action, Form(parameters)); }
  // The body of an answer that is no refusal.
  std::string Ok(std::string_view action, const Parameters& parameters) {
    const net::Response response = Request(action, parameters);
    EXPECT_EQ(response.status, 200) << action << ": " << response.body;
    return response.body;
  }
  // "CODE: message" of a refusal.
  std::string Refused(std::string_view action, const Parameters& parameters) {
    const net::Response response = Request(action, parameters);
    EXPECT_NE(response.status, 200) << action << ": " << response.body;
    return Text(response.body, "Code") + ": " + Text(response.body, "Message");
  }

  // What the first element of this name holds, its references resolved.
  static std::string Text(std::string_view xml, const std::string& element) {
    const std::size_t from = xml.find("<" + element + ">");
    if (from == std::string_view::npos) return "(none)";
    const std::size_t begin = from + element.size() + 2;
    std::string text(xml.substr(begin, xml.find("</" + element + ">") - begin));
    for (const auto& [reference, plain] : {std::pair{"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}}) {
      for (std::size_t at = 0; (at = text.find(reference, at)) != std::string::npos; ++at) {
        text.replace(at, std::string_view(reference).size(), plain);
      }
    }
    return text;
  }
  // Of a map's entry.
  static std::string Entry(std::string_view xml, const std::string& key) {
    const std::size_t at = xml.find("<key>" + key + "</key>");
    return at == std::string_view::npos ? "(none)" : Text(xml.substr(at), "value");
  }

  std::string Topic(const std::string& name) {
    Parameters parameters{{"Name", name}};
    if (name.ends_with(".fifo"))
      parameters.insert(parameters.end(),
                        {{"Attributes.entry.1.key", "FifoTopic"}, {"Attributes.entry.1.value", "true"}});
    return Text(Ok("CreateTopic", parameters), "TopicArn");
  }
  Parameters ToQueue(const std::string& topic_arn, const std::string& queue, const Parameters& attributes = {}) {
    Parameters parameters{{"TopicArn", topic_arn}, {"Protocol", "sqs"}, {"Endpoint", identity.QueueArn(queue)}};
    for (const auto& [name, value] : attributes) {
      const std::size_t number = (parameters.size() - 1) / 2;
      parameters.emplace_back(fmt::format("Attributes.entry.{}.key", number), name);
      parameters.emplace_back(fmt::format("Attributes.entry.{}.value", number), value);
    }
    return parameters;
  }
  std::string SubscribeQueue(const std::string& topic_arn, const std::string& queue,
                             const Parameters& attributes = {}) {
    return Text(Ok("Subscribe", ToQueue(topic_arn, queue, attributes)), "SubscriptionArn");
  }
  void Publish(const std::string& topic_arn, const std::string& message, Parameters more = {}) {
    more.insert(more.end(), {{"TopicArn", topic_arn}, {"Message", message}});
    Ok("Publish", more);
  }
  std::string SubscriptionAttribute(const std::string& arn, const std::string& name) {
    return Entry(Ok("GetSubscriptionAttributes", {{"SubscriptionArn", arn}}), name);
  }
  std::string TopicAttribute(const std::string& arn, const std::string& name) {
    return Entry(Ok("GetTopicAttributes", {{"TopicArn", arn}}), name);
  }
};

}  // namespace broker::aws::sns
