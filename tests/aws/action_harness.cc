#include "tests/aws/action_harness.h"

#include "broker/aws/sns/actions.h"
#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs_fault.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/wire/form_reader.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/base/check.h"

namespace broker::test {

using namespace broker::aws;

// Made once: it takes a moment.
const sns::SigningKey& TestKey() {
  static const sns::SigningKey key = sns::SigningKey::Generate(Time{}).value();
  return key;
}

ActionTest::ActionTest(Service service, engine::EngineOptions options)
    : EngineTest(std::move(options)),
      backend{.engine = engine(),
              .clock = clock(),
              .entropy = entropy_,
              .resolve_namespace = [](std::string_view) { return std::string(model::kDefaultNamespace); },
              .folder_id = 42,
              .envelopes = &envelopes_},
      service_(service) {
  actions_ = service == Service::kSqs ? sqs::Actions(backend) : sns::Actions(backend);
}

const Action& ActionTest::Find(std::string_view name) {
  for (const auto& action : actions_) {
    if (action->name() == name) return *action;
  }
  BROKER_CHECK(false);
}

ActionTest::Asked ActionTest::Post(std::string_view action, std::string_view input) {
  const Form form = input.starts_with('{') ? Form::kJson : Form::kQuery;
  Value tree;
  if (form == Form::kJson) {
    tree = ReadJson(input).value();
  } else {
    FormReader reader;
    BROKER_CHECK(reader.Add(input).ok());
    tree = reader.Take();
  }
  const Frame frame{service_, form, std::string(action), "a-request-id"};
  Asked asked{.call = std::make_shared<aws::Call>(identity, form)};
  auto start = Find(action).Prepare(tree, form);
  if (!start.ok()) {
    const Refusal refusal = service_ == Service::kSqs ? ToSqsRefusal(start.error(), form) : ToSnsRefusal(start.error(), form);
    *asked.answer = RenderRefusal(frame, refusal);
    return asked;
  }
  (*start)(asked.call, [answer = asked.answer, frame](Result<Action::WriteOutput, Refusal> result) {
    BROKER_CHECK(!answer->has_value());
    *answer = result.ok() ? RenderOutput(frame, *result) : RenderRefusal(frame, result.error());
  });
  return asked;
}

ActionTest::Asked ActionTest::Start(std::string_view action, std::string_view input) {
  Asked asked = Post(action, input);
  Drain();
  if (asked.answered()) asked.call->Answered();
  return asked;
}

net::Response ActionTest::Ask(std::string_view action, std::string_view input) {
  const Asked asked = Start(action, input);
  BROKER_CHECK(asked.answered());
  return **asked.answer;
}

}  // namespace broker::test
