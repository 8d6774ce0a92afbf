#include "cli/render.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace broker::cli {
namespace {

Value Queue(const char* name, int ready) {
  return Value::MakeObject()
      .Set("name", name)
      .Set("ready", ready)
      .Set("redrive", Value::MakeObject().Set("max_attempts", 3).Set("target", "queue/dlq"))
      .Set("oldest_age", Value());
}

View Queues() {
  return View::List(
      "queues", Value::MakeArray().Append(Queue("billing", 2)).Append(Queue("email", 1234)),
      {{"NAME", "name"}, {"READY", "ready"}, {"DEAD LETTERS TO", "redrive.target"}, {"OLDEST", "oldest_age"}});
}

TEST(Render, JsonKeepsTheOrderOfFieldsAndIndents) {
  EXPECT_EQ(RenderJson(Queue("billing", 2)),
            "{\n"
            "  \"name\": \"billing\",\n"
            "  \"ready\": 2,\n"
            "  \"redrive\": {\n"
            "    \"max_attempts\": 3,\n"
            "    \"target\": \"queue/dlq\"\n"
            "  },\n"
            "  \"oldest_age\": null\n"
            "}\n");
}

TEST(Render, JsonOfEmptyCollectionsIsClosedInPlace) {
  EXPECT_EQ(RenderJson(Value::MakeObject().Set("a", Value::MakeArray()).Set("b", Value::MakeObject())),
            "{\n  \"a\": [],\n  \"b\": {}\n}\n");
}

TEST(Render, JsonEscapesWhatMustBeAndReplacesWhatIsNotUtf8) {
  EXPECT_EQ(RenderJsonLine("say \"hi\"\\\n\t\r\x01\x7f"), R"("say \"hi\"\\\n\t\r\u0001\u007f")");
  EXPECT_EQ(RenderJsonLine("gr\xC3\xBC\xC3\x9F"), "\"gr\xC3\xBC\xC3\x9F\"");
  EXPECT_EQ(RenderJsonLine("a\xFF"
                           "b\xC3"),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\"");
}

TEST(Render, JsonKeepsEveryDigitOfIntegers) {
  EXPECT_EQ(RenderJsonLine(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(RenderJsonLine(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(RenderJsonLine(true), "true");
  EXPECT_EQ(RenderJsonLine(1.5), "1.5");
}

TEST(Render, YamlIsBlockStyle) {
  EXPECT_EQ(RenderYaml(Queues().tree),
            "queues:\n"
            "- name: billing\n"
            "  ready: 2\n"
            "  redrive:\n"
            "    max_attempts: 3\n"
            "    target: queue/dlq\n"
            "  oldest_age: null\n"
            "- name: email\n"
            "  ready: 1234\n"
            "  redrive:\n"
            "    max_attempts: 3\n"
            "    target: queue/dlq\n"
            "  oldest_age: null\n");
}

TEST(Render, YamlNestsListsInLists) {
  EXPECT_EQ(RenderYaml(Value::MakeArray().Append(Value::MakeArray().Append(1).Append(Value::MakeArray())).Append("x")),
            "-\n  - 1\n  - []\n- x\n");
}

class YamlQuotes : public testing::TestWithParam<const char*> {};

TEST_P(YamlQuotes, TextThatCouldBeReadAsSomethingElse) {
  EXPECT_EQ(RenderYaml(Value::MakeObject().Set("v", GetParam())), std::string("v: \"") + GetParam() + "\"\n");
}

INSTANTIATE_TEST_SUITE_P(Words, YamlQuotes,
                         testing::Values("", "yes", "No", "TRUE", "null", "~", "12", "1e3", "0x1f", "-", "- a", "a: b",
                                         "a #b", "[x]", "{x}", "&x", "*x", "2026-01-02", "trailing ", "@x", "%x", "30s",
                                         ".nan"));

TEST(Render, YamlQuotesWithEscapes) {
  EXPECT_EQ(RenderYaml(Value::MakeObject().Set("body", "{\"a\":1}\n")), "body: \"{\\\"a\\\":1}\\n\"\n");
}

TEST(Render, TableAlignsColumnsAndShowsAbsentValuesAsDash) {
  EXPECT_EQ(RenderTable(Queues()),
            "NAME     READY  DEAD LETTERS TO  OLDEST\n"
            "billing  2      queue/dlq        -\n"
            "email    1234   queue/dlq        -\n");
}

TEST(Render, TableOfNothingIsItsTitles) {
  EXPECT_EQ(RenderTable(View::List("queues", Value::MakeArray(), {{"NAME", "name"}, {"READY", "ready"}})),
            "NAME  READY\n");
}

TEST(Render, TableAlignsByCharactersNotBytes) {
  const View view = View::List("q",
                               Value::MakeArray()
                                   .Append(Value::MakeObject().Set("a", "\xC3\xBC\xC3\xBC").Set("b", 1))
                                   .Append(Value::MakeObject().Set("a", "abc").Set("b", 2)),
                               {{"A", "a"}, {"B", "b"}});
  EXPECT_EQ(RenderTable(view), "A    B\n\xC3\xBC\xC3\xBC   1\nabc  2\n");
}

TEST(Render, TableLetsNoMessageDriveTheTerminal) {
  const View view = View::List("m",
                               Value::MakeArray().Append(Value::MakeObject().Set("body",
                                                                                 "\x1b[2J\n\xC2\x9B"
                                                                                 "31m\\\"")),
                               {{"BODY", "body"}});
  EXPECT_EQ(RenderTable(view), "BODY\n\\u001b[2J\\n\\u009b31m\\\"\n");
}

TEST(Render, TableCutsLongCellsAtCharacters) {
  std::string body;
  for (int i = 0; i < 150; ++i) body += "\xC3\xBC";
  const View view =
      View::List("m", Value::MakeArray().Append(Value::MakeObject().Set("body", body)), {{"BODY", "body"}});
  EXPECT_EQ(RenderTable(view), "BODY\n" + body.substr(0, 2 * 97) + "...\n");
}

TEST(Render, TableOfOneThingIsFieldsWithoutCutting) {
  const std::string longer(300, 'x');
  Value thing = Queue("billing", 2);
  thing.Set("sources", Value::MakeArray().Append("queue/a").Append("queue/b")).Set("dead_letter_problem", longer);
  EXPECT_EQ(RenderTable(View::Thing(thing)),
            "name:                 billing\n"
            "ready:                2\n"
            "redrive:\n"
            "  max attempts:       3\n"
            "  target:             queue/dlq\n"
            "oldest age:           -\n"
            "sources:              queue/a, queue/b\n"
            "dead letter problem:  " +
                longer + "\n");
}

TEST(Render, NamesAreOneALine) {
  EXPECT_EQ(RenderNames(Queues()), "billing\nemail\n");
  EXPECT_EQ(RenderNames(View::Thing(Queue("billing", 2))), "billing\n");
  EXPECT_EQ(RenderNames(View::Thing(Value::MakeObject().Set("id", "1-2"), "id")), "1-2\n");
}

TEST(Render, EveryFormatHasAName) {
  EXPECT_EQ(ParseOutputFormat("table"), OutputFormat::kTable);
  EXPECT_EQ(ParseOutputFormat("json"), OutputFormat::kJson);
  EXPECT_EQ(ParseOutputFormat("yaml"), OutputFormat::kYaml);
  EXPECT_EQ(ParseOutputFormat("name"), OutputFormat::kName);
  EXPECT_EQ(ParseOutputFormat("xml"), std::nullopt);
}

}  // namespace
}  // namespace broker::cli
