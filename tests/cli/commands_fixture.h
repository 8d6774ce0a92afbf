// Runs commands against a broker of canned answers: what they send, print, warn and exit with.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "cli/app.h"
#include "tests/cli/fake_broker.h"
#include "tests/cli/fake_terminal.h"
#include "tests/cli/temp_folder.h"

namespace broker::cli {

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    terminal_.env["XDG_CONFIG_HOME"] = folder_.path();
    terminal_.env["BROKER_ADDRESS"] = broker_.address();
  }

  ExitCode Run(const std::vector<std::string>& arguments, const std::string& typed = {}) {
    terminal_.in.clear();
    terminal_.in.str(typed);
    terminal_.out.str("");
    terminal_.err.str("");
    return RunBrokerctl(arguments, terminal_);
  }
  std::string Out() const { return terminal_.out.str(); }
  std::string Err() const { return terminal_.err.str(); }

  // An answer with a result for each letter: 'd'one, 'D'uplicate, 'x' failed.
  static v1::PublishResponse Published(std::string_view letters, std::uint32_t subscriptions) {
    v1::PublishResponse response;
    response.set_subscriptions(subscriptions);
    for (const char letter : letters) {
      v1::PublishResult& result = *response.add_results();
      if (letter == 'x') {
        result.mutable_error()->set_code(grpc::StatusCode::INVALID_ARGUMENT);
        result.mutable_error()->set_message("too large");
      } else {
        result.set_id("1-" + std::to_string(response.results_size()));
        result.set_duplicate(letter == 'D');
      }
    }
    return response;
  }
  static v1::AckResponse Acked(std::string_view letters) {
    v1::AckResponse response;
    for (const char letter : letters) {
      v1::SettleResult& result = *response.add_results();
      if (letter != 'x') continue;
      result.mutable_error()->set_code(grpc::StatusCode::INVALID_ARGUMENT);
      result.mutable_error()->set_reason("INVALID_RECEIPT");
      result.mutable_error()->set_message("no receipt of this queue");
    }
    return response;
  }
  static v1::Task RedriveTask(v1::Task::State state, std::uint64_t moved, std::uint64_t left) {
    v1::Task task;
    task.set_id("7");
    task.set_kind("redrive");
    task.set_state(state);
    task.set_moved(moved);
    task.set_left(left);
    if (left > 0) task.add_notes("2 of queue/gone: it does not exist");
    return task;
  }

  TempFolder folder_;
  FakeTerminal terminal_;
  FakeBroker broker_;
};

}  // namespace broker::cli
