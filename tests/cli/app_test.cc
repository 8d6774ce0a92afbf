// brokerctl without a broker: what is refused, shown or kept before any call.
#include "cli/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/cli/fake_terminal.h"
#include "tests/cli/temp_folder.h"

namespace broker::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class AppTest : public testing::Test {
 protected:
  AppTest() { terminal_.env["XDG_CONFIG_HOME"] = folder_.path(); }

  ExitCode Run(const std::vector<std::string>& arguments) {
    terminal_.out.str("");
    terminal_.err.str("");
    return RunBrokerctl(arguments, terminal_);
  }
  std::string Out() const { return terminal_.out.str(); }
  std::string Err() const { return terminal_.err.str(); }

  TempFolder folder_;
  FakeTerminal terminal_;
};

TEST_F(AppTest, SaysItsVersion) {
  EXPECT_EQ(Run({"--version"}), ExitCode::kOk);
  EXPECT_THAT(Out(), testing::MatchesRegex("brokerctl [0-9.]+\n"));
}

TEST_F(AppTest, AnAddressOrNamespaceThatNeverServesIsNotKeptOrTried) {
  EXPECT_EQ(Run({"context", "set", "a", "--namespace", "bad ns"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), StartsWith("error: --namespace: \"bad ns\" is no namespace"));
  EXPECT_EQ(Run({"context", "set", "a", "--address", "x y"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), StartsWith("error: --address: \"x y\" is no address"));
  EXPECT_EQ(Run({"context", "list", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Run({"queue", "list", "--address", "http://127.0.0.1:8085"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), StartsWith("error: --address: \"http://127.0.0.1:8085\" is no address: it has a scheme"));
}

TEST_F(AppTest, HelpListsTheExitCodesOnce) {
  EXPECT_EQ(Run({"--help"}), ExitCode::kOk);
  EXPECT_THAT(Out(), HasSubstr(ExitCodeTable()));
  EXPECT_EQ(Run({"queue", "create", "--help"}), ExitCode::kOk);
  EXPECT_THAT(Out(), HasSubstr("Usage: brokerctl queue create"));
  EXPECT_THAT(Out(), HasSubstr("Examples:\n  brokerctl queue create"));
  EXPECT_THAT(Out(), testing::Not(HasSubstr("Exit codes:")));
}

TEST_F(AppTest, TheReadmeHasTheSameExitCodes) {
  std::ifstream file(std::string(BROKER_SOURCE_DIR) + "/cli/README.md");
  std::ostringstream readme;
  readme << file.rdbuf();
  std::istringstream rows(ExitCodeTable());
  std::string row;
  std::getline(rows, row);  // the title
  int seen = 0;
  while (std::getline(rows, row)) {
    const std::string code = row.substr(2, 1);
    const std::string meaning = row.substr(5);
    EXPECT_THAT(readme.str(), HasSubstr("| " + code + " | " + meaning + " |"));
    ++seen;
  }
  EXPECT_EQ(seen, 8);
}

struct Wrong {
  std::vector<std::string> arguments;
  const char* says;
};

class WrongLines : public AppTest, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongLines, AreUsageErrorsThatSayWhatToDo) {
  EXPECT_EQ(Run(GetParam().arguments), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr(GetParam().says));
  EXPECT_EQ(Out(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongLines,
    testing::Values(Wrong{{}, "see: brokerctl --help"}, Wrong{{"qeue", "list"}, "did you mean: queue?"},
                    Wrong{{"queue", "lst"}, "did you mean: list?"}, Wrong{{"queue"}, "see: brokerctl queue --help"},
                    Wrong{{"queue", "create"}, "NAME is required"},
                    Wrong{{"queue", "create", "x", "--max-attempt=3"}, "did you mean: --max-attempts?"},
                    Wrong{{"queue", "create", "--max-attempt=3"}, "did you mean: --max-attempts?"},
                    Wrong{{"queue", "create", "-x"}, "\"-x\" is no flag here; a name or value that begins with '-'"},
                    Wrong{{"ack", "q", "r", "-x"}, "comes last, after --"},
                    Wrong{{"queue", "create", "x", "--max-attempts", "3"}, "--dead-letter"},
                    Wrong{{"queue", "create", "x", "--dead-letter", "y", "--max-attempts", "0"}, "1 to 1000"},
                    Wrong{{"queue", "create", "x", "--dead-letter", "y", "--max-attempts", "-3"}, "whole number"},
                    Wrong{{"queue", "create", "x", "--delay", "-5s"}, "negative"},
                    Wrong{{"queue", "create", "x", "--delay", "5"}, "unit is missing"},
                    Wrong{{"queue", "create", "x", "--delay", "99999999999d"}, "too long"},
                    Wrong{{"queue", "list", "-o", "xml"}, "xml"}, Wrong{{"queue", "list", "--watch=x"}, "--watch"},
                    Wrong{{"queue", "list", "--watch=0"}, "--watch"}, Wrong{{"publish", "orders"}, "--body"},
                    Wrong{{"publish", "orders", "--body", "x", "--lines"}, "--lines"},
                    Wrong{{"publish", "orders", "--body", "x", "--attribute", "kind"}, "--attribute"},
                    Wrong{{"publish", "orders", "--body", "x", "--attribute", "a=1", "--attribute", "a=2"}, "twice"},
                    Wrong{{"publish", "orders", "--body", "@/nonexistent"}, "/nonexistent"},
                    Wrong{{"receive", "q", "--max", "many"}, "--max"}, Wrong{{"receive", "q", "--max", "0"}, "--max"},
                    Wrong{{"receive", "q", "--max", "1001"}, "--max: 1001 is outside 1 to 1000"},
                    Wrong{{"top", "--max", "0"}, "--max: 0 is outside 1 to 1000000"},
                    Wrong{{"queue", "move", "q", "--to", "p", "--rate", "0"}, "--rate: 0 is outside 1 to 100000"},
                    Wrong{{"bench", "--size", "2MiB"}, "--size: 2MiB is outside 0 to 1048576"},
                    Wrong{{"ack", "q"}, "RECEIPT"}, Wrong{{"ack", "q", "-"}, "holds none"},
                    Wrong{{"extend", "q", "r"}, "--visibility-timeout"}, Wrong{{"peek", "q", "sleeping"}, "sleeping"},
                    Wrong{{"completion", "tcsh"}, "tcsh"}, Wrong{{"context", "set", "a b", "--address", "h:1"}, "a b"},
                    Wrong{{"context", "set", "a"}, "--address"}));

TEST_F(AppTest, DestructiveCommandsAreRefusedWithoutATerminalOrYes) {
  for (const std::vector<std::string>& line : {std::vector<std::string>{"queue", "delete", "x"},
                                               {"queue", "purge", "x"},
                                               {"topic", "delete", "x"},
                                               {"subscription", "delete", "x"},
                                               {"subscription", "purge", "x"}}) {
    EXPECT_EQ(Run(line), ExitCode::kNotConfirmed) << line[0] << " " << line[1];
    EXPECT_THAT(Err(), HasSubstr("--yes"));
    EXPECT_THAT(Err(), HasSubstr("namespace default at 127.0.0.1:8085"));
  }
}

TEST_F(AppTest, WithoutABrokerTheErrorSaysWhereAndHowToStartOne) {
  EXPECT_EQ(Run({"queue", "list", "--address", "127.0.0.1:1"}), ExitCode::kUnavailable);
  EXPECT_THAT(Err(), StartsWith("error: cannot reach the broker at 127.0.0.1:1 (from --address)"));
  EXPECT_THAT(Err(), HasSubstr("brokerd --data"));
  EXPECT_EQ(Out(), "");
}

TEST_F(AppTest, AWrongTimeoutInTheEnvironmentIsNamed) {
  terminal_.env["BROKER_TIMEOUT"] = "soon";
  EXPECT_EQ(Run({"queue", "list"}), ExitCode::kUsage);
  EXPECT_THAT(Err(), HasSubstr("BROKER_TIMEOUT"));
}

TEST_F(AppTest, ContextsAreKeptUsedAndForgotten) {
  EXPECT_EQ(Run({"context", "list", "-o", "json"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "{\n  \"contexts\": []\n}\n");
  EXPECT_EQ(Run({"context", "set", "local", "--address", "127.0.0.1:1"}), ExitCode::kOk);
  EXPECT_EQ(Run({"context", "set", "prod", "--address", "127.0.0.1:2", "-n", "shop"}), ExitCode::kOk);
  EXPECT_EQ(Run({"context", "list"}), ExitCode::kOk);
  EXPECT_EQ(Out(),
            "NAME   CURRENT  ADDRESS      NAMESPACE\n"
            "local  true     127.0.0.1:1  -\n"
            "prod   false    127.0.0.1:2  shop\n");
  EXPECT_EQ(Run({"context", "use", "prod"}), ExitCode::kOk);
  EXPECT_EQ(Run({"queue", "delete", "x"}), ExitCode::kNotConfirmed);
  EXPECT_THAT(Err(), HasSubstr("namespace shop at 127.0.0.1:2"));
  EXPECT_EQ(Run({"queue", "delete", "x", "--context", "local"}), ExitCode::kNotConfirmed);
  EXPECT_THAT(Err(), HasSubstr("namespace default at 127.0.0.1:1"));
  EXPECT_EQ(Run({"context", "delete", "prod"}), ExitCode::kOk);
  EXPECT_EQ(Run({"context", "use", "prod"}), ExitCode::kNotFound);
  EXPECT_THAT(Err(), HasSubstr("local"));
  EXPECT_EQ(Run({"context", "list", "-o", "name"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "local\n");
}

TEST_F(AppTest, CompletionKnowsContextsAndStaysSilentWithoutABroker) {
  ASSERT_EQ(Run({"context", "set", "local", "--address", "127.0.0.1:1"}), ExitCode::kOk);
  EXPECT_EQ(Run({"__complete", "context", "use", "l"}), ExitCode::kOk);
  EXPECT_EQ(Out(), "local\t\n");
  EXPECT_EQ(Run({"__complete", "queue", "describe", ""}), ExitCode::kOk);
  EXPECT_EQ(Out(), "");
  EXPECT_EQ(Err(), "");
}

TEST_F(AppTest, CompletionScriptsGoToStandardOutput) {
  EXPECT_EQ(Run({"completion", "bash"}), ExitCode::kOk);
  EXPECT_THAT(Out(), HasSubstr("complete -o default -F _brokerctl brokerctl"));
}

}  // namespace
}  // namespace broker::cli
