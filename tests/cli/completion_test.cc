#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/commands/commands.h"

namespace broker::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class CompletionTest : public testing::Test {
 protected:
  CompletionTest() {
    app_.fallthrough();
    Declaration declare(&app_, commands_.completions());
    declare.Choice("-o,--output", output_, {"table", "json", "yaml", "name"}, "Format");
    declare.Option("--context", context_, "Context", "NAME", {Names::kContexts, {}});
    AddCommands(app_, commands_);
  }

  std::vector<std::string> Typed(const std::vector<std::string>& words) {
    asked_.clear();
    const NameSource source = [this](Names names) {
      asked_.push_back(names);
      return std::vector<std::string>{"billing", "billing-dlq", "email"};
    };
    std::vector<std::string> found;
    for (const Candidate& candidate : Complete(app_, commands_.completions(), words, source)) {
      found.push_back(candidate.word);
    }
    return found;
  }

  CLI::App app_;
  CommandSet commands_;
  std::string output_;
  std::string context_;
  std::vector<Names> asked_;
};

TEST_F(CompletionTest, CommandsByTheirBeginning) {
  EXPECT_THAT(Typed({"q"}), ElementsAre("queue"));
  EXPECT_THAT(Typed({"queue", "de"}), ElementsAre("describe", "delete"));
  EXPECT_THAT(Typed({""}), Contains("publish"));
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(CompletionTest, LiveNamesWhereANameIsMeant) {
  EXPECT_THAT(Typed({"queue", "describe", "bil"}), ElementsAre("billing", "billing-dlq"));
  EXPECT_THAT(asked_, ElementsAre(Names::kQueues));
  EXPECT_THAT(Typed({"topic", "delete", ""}), ElementsAre("billing", "billing-dlq", "email"));
  EXPECT_THAT(asked_, ElementsAre(Names::kTopics));
  EXPECT_THAT(Typed({"receive", "e"}), ElementsAre("email"));
  EXPECT_THAT(asked_, ElementsAre(Names::kSources));
}

TEST_F(CompletionTest, NamesBehindTheirKind) {
  EXPECT_THAT(Typed({"publish", "topic/e"}), ElementsAre("topic/email"));
  EXPECT_THAT(asked_, ElementsAre(Names::kTopics));
  EXPECT_THAT(Typed({"peek", "queue/bil"}), ElementsAre("queue/billing", "queue/billing-dlq"));
  EXPECT_THAT(asked_, ElementsAre(Names::kQueues));
  EXPECT_THAT(Typed({"receive", "subscription/"}), testing::SizeIs(3));
  EXPECT_THAT(asked_, ElementsAre(Names::kPullSubscriptions));
  EXPECT_THAT(Typed({"receive", "topic/e"}), IsEmpty());
  EXPECT_THAT(Typed({"publish", "bil/"}), IsEmpty());
}

TEST_F(CompletionTest, NothingForANewName) {
  EXPECT_THAT(Typed({"queue", "create", ""}), IsEmpty());
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(CompletionTest, OptionsOfTheCommandAndTheGlobalOnes) {
  EXPECT_THAT(Typed({"queue", "create", "x", "--d"}), Contains("--dead-letter"));
  EXPECT_THAT(Typed({"queue", "create", "x", "--o"}), ElementsAre("--ordered", "--overflow", "--output"));
  EXPECT_THAT(Typed({"queue", "describe", "--"}), Not(Contains("--dead-letter")));
}

TEST_F(CompletionTest, ValuesOfOptions) {
  EXPECT_THAT(Typed({"queue", "list", "-o", "j"}), ElementsAre("json"));
  EXPECT_THAT(Typed({"queue", "list", "--output=y"}), ElementsAre("--output=yaml"));
  EXPECT_THAT(Typed({"queue", "create", "x", "--dead-letter", "billing-"}), ElementsAre("billing-dlq"));
  EXPECT_THAT(Typed({"--context", "em"}), ElementsAre("email"));
  EXPECT_THAT(asked_, ElementsAre(Names::kContexts));
  EXPECT_THAT(Typed({"queue", "create", "x", "--visibility-timeout", ""}), IsEmpty());
}

TEST_F(CompletionTest, ValuesOfOptionsAreNoPositionals) {
  EXPECT_THAT(Typed({"-o", "json", "queue", "describe", "--output", "json", "e"}), ElementsAre("email"));
  EXPECT_THAT(Typed({"peek", "billing", "r"}), ElementsAre("ready", "retrying"));
}

TEST_F(CompletionTest, AFlagTakesNoValue) {
  EXPECT_THAT(Typed({"queue", "describe", "--watch", "em"}), ElementsAre("email"));
}

TEST(CompletionScripts, ExistForTheThreeShells) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto script = CompletionScript(shell);
    ASSERT_TRUE(script.has_value()) << shell;
    EXPECT_NE(script->find("__complete"), std::string::npos) << shell;
  }
  EXPECT_EQ(CompletionScript("tcsh"), std::nullopt);
}

}  // namespace
}  // namespace broker::cli
