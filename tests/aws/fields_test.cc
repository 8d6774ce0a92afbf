// One declared shape, read from both codecs: the same struct comes out, and the same problems are found.
#include "broker/aws/wire/fields.h"

#include <gmock/gmock.h>

#include "broker/aws/wire/form_reader.h"
#include "broker/aws/wire/json_reader.h"

namespace broker::aws {
namespace {

using Kind = FieldProblem::Kind;
using ::testing::ElementsAre;
using ::testing::Pair;

struct Entry {
  std::string id;
  std::optional<std::int64_t> delay;
};
void Read(Fields& f, Entry& entry) {
  f.Required("Id", entry.id);
  f.Optional("DelaySeconds", entry.delay, {0, 900});
}

struct Attribute {
  std::string type;
  std::optional<std::string> text;
  std::optional<std::string> bytes;
};
void Read(Fields& f, Attribute& attribute) {
  f.Required("DataType", attribute.type);
  f.Optional("StringValue", attribute.text);
  f.Bytes("BinaryValue", attribute.bytes);
}

struct Input {
  std::string url;
  std::optional<std::string> note;
  std::optional<std::int64_t> wait;
  std::optional<bool> dry;
  std::vector<std::string> names;
  std::vector<Entry> entries;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<std::pair<std::string, Attribute>> attributes;
  std::optional<Entry> single;
};
void Read(Fields& f, Input& in) {
  f.Required("QueueUrl", in.url);
  f.Optional("Note", in.note);
  f.Optional("WaitTimeSeconds", in.wait, {0, 20});
  f.Optional("Dry", in.dry);
  f.List({"AttributeNames", "AttributeName"}, in.names);
  f.List({"Entries", "BatchEntry"}, in.entries);
  f.Map({{"Tags", "Tag"}, "Key", "Value"}, in.tags);
  f.Map({{"MessageAttributes", "MessageAttribute"}, "Name", "Value"}, in.attributes);
  f.Structure("Single", in.single);
}

struct Outcome {
  Input input;
  std::optional<FieldProblem> problem;
};

Outcome ReadTree(Value& tree, Form form) {
  Outcome outcome;
  Fields fields(tree, form);
  Read(fields, outcome.input);
  outcome.problem = fields.problem();
  return outcome;
}
Outcome FromJson(std::string_view text) {
  auto tree = ReadJson(text);
  EXPECT_TRUE(tree.ok()) << text;
  return ReadTree(*tree, Form::kJson);
}
Outcome FromForm(std::string_view text) {
  FormReader reader;
  EXPECT_TRUE(reader.Add(text).ok()) << text;
  Value tree = reader.Take();
  return ReadTree(tree, Form::kQuery);
}

void ExpectAll(const Outcome& outcome) {
  ASSERT_FALSE(outcome.problem.has_value()) << outcome.problem->field;
  const Input& in = outcome.input;
  EXPECT_EQ(in.url, "u");
  EXPECT_EQ(in.note, "n");
  EXPECT_EQ(in.wait, 20);
  EXPECT_EQ(in.dry, true);
  EXPECT_THAT(in.names, ElementsAre("A", "B"));
  ASSERT_EQ(in.entries.size(), 2u);
  EXPECT_EQ(in.entries[0].id, "one");
  EXPECT_EQ(in.entries[0].delay, std::nullopt);
  EXPECT_EQ(in.entries[1].delay, 900);
  EXPECT_THAT(in.tags, ElementsAre(Pair("k", "v"), Pair("l", "")));
  ASSERT_EQ(in.attributes.size(), 1u);
  EXPECT_EQ(in.attributes[0].first, "attr");
  EXPECT_EQ(in.attributes[0].second.type, "Binary");
  EXPECT_EQ(in.attributes[0].second.bytes, "foo");
  ASSERT_TRUE(in.single.has_value());
  EXPECT_EQ(in.single->id, "s");
}

TEST(FieldsTest, TheSameInputComesOutOfBothForms) {
  ExpectAll(FromJson(R"({"QueueUrl":"u","Note":"n","WaitTimeSeconds":20,"Dry":true,"AttributeNames":["A","B"],
    "Entries":[{"Id":"one"},{"Id":"two","DelaySeconds":900}],"Tags":{"k":"v","l":""},"Unknown":[1],
    "MessageAttributes":{"attr":{"DataType":"Binary","BinaryValue":"Zm9v"}},"Single":{"Id":"s"}})"));
  ExpectAll(FromForm("QueueUrl=u&Note=n&WaitTimeSeconds=20&Dry=true&AttributeName.1=A&AttributeName.2=B"
                     "&BatchEntry.1.Id=one&BatchEntry.2.Id=two&BatchEntry.2.DelaySeconds=900"
                     "&Tag.1.Key=k&Tag.1.Value=v&Tag.2.Key=l&Tag.2.Value=&Unknown.x=1"
                     "&MessageAttribute.1.Name=attr&MessageAttribute.1.Value.DataType=Binary"
                     "&MessageAttribute.1.Value.BinaryValue=Zm9v&Single.Id=s"));
}

TEST(FieldsTest, AFormsListsAndMapsMayBeWrappedOrBearTheirOwnNames) {
  ExpectAll(FromForm("QueueUrl=u&Note=n&WaitTimeSeconds=20&Dry=true&AttributeNames.member.1=A&AttributeNames.member.2=B"
                     "&Entries.1.Id=one&Entries.2.Id=two&Entries.2.DelaySeconds=900"
                     "&Tags.entry.1.Key=k&Tags.entry.1.Value=v&Tags.entry.2.Key=l&Tags.entry.2.Value="
                     "&MessageAttributes.entry.1.Name=attr&MessageAttributes.entry.1.Value.DataType=Binary"
                     "&MessageAttributes.entry.1.Value.BinaryValue=Zm9v&Single.Id=s"));
}

TEST(FieldsTest, AFormsMapOfOneNeedsNoNumber) {
  const auto outcome = FromForm("QueueUrl=u&Tag.Key=k&Tag.Value=v");
  ASSERT_FALSE(outcome.problem.has_value());
  EXPECT_THAT(outcome.input.tags, ElementsAre(::testing::Pair("k", "v")));
}

TEST(FieldsTest, AFormsListGoesByItsNumbers) {
  EXPECT_THAT(FromForm("QueueUrl=u&AttributeName.10=c&AttributeName.2=b&AttributeName.1=a").input.names,
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(FromForm("QueueUrl=u&AttributeName=All").input.names, ElementsAre("All"));
  EXPECT_THAT(FromForm("QueueUrl=u&AttributeName=").input.names, ElementsAre());
}

TEST(FieldsTest, WhatIsAbsentOrNullIsLeftOut) {
  for (const Outcome& outcome : {FromJson(R"({"QueueUrl":"u","Note":null,"AttributeNames":null,"Tags":null})"),
                                 FromForm("QueueUrl=u")}) {
    ASSERT_FALSE(outcome.problem.has_value());
    EXPECT_EQ(outcome.input.note, std::nullopt);
    EXPECT_EQ(outcome.input.wait, std::nullopt);
    EXPECT_TRUE(outcome.input.names.empty());
    EXPECT_TRUE(outcome.input.tags.empty());
    EXPECT_FALSE(outcome.input.single.has_value());
  }
}

struct Bad {
  bool json;
  std::string_view text;
  Kind kind;
  std::string_view field;
};

class FieldProblemsTest : public ::testing::TestWithParam<Bad> {};

TEST_P(FieldProblemsTest, TheFirstProblemIsNamed) {
  const auto outcome = GetParam().json ? FromJson(GetParam().text) : FromForm(GetParam().text);
  ASSERT_TRUE(outcome.problem.has_value()) << GetParam().text;
  EXPECT_EQ(outcome.problem->kind, GetParam().kind);
  EXPECT_EQ(outcome.problem->field, GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    Json, FieldProblemsTest,
    ::testing::Values(Bad{true, R"({})", Kind::kMissing, "QueueUrl"},
                      Bad{true, R"({"QueueUrl":null})", Kind::kMissing, "QueueUrl"},
                      Bad{true, R"({"QueueUrl":5})", Kind::kWrongType, "QueueUrl"},
                      Bad{true, R"({"QueueUrl":"u","Note":["n"]})", Kind::kWrongType, "Note"},
                      Bad{true, R"({"QueueUrl":"u","WaitTimeSeconds":"5"})", Kind::kWrongType, "WaitTimeSeconds"},
                      Bad{true, R"({"QueueUrl":"u","WaitTimeSeconds":5.5})", Kind::kWrongType, "WaitTimeSeconds"},
                      Bad{true, R"({"QueueUrl":"u","WaitTimeSeconds":99999999999999999999})", Kind::kWrongType,
                          "WaitTimeSeconds"},
                      Bad{true, R"({"QueueUrl":"u","WaitTimeSeconds":21})", Kind::kOutOfRange, "WaitTimeSeconds"},
                      Bad{true, R"({"QueueUrl":"u","WaitTimeSeconds":-1})", Kind::kOutOfRange, "WaitTimeSeconds"},
                      Bad{true, R"({"QueueUrl":"u","Dry":"true"})", Kind::kWrongType, "Dry"},
                      Bad{true, R"({"QueueUrl":"u","AttributeNames":"All"})", Kind::kWrongType, "AttributeNames"},
                      Bad{true, R"({"QueueUrl":"u","AttributeNames":["a",1]})", Kind::kWrongType, "AttributeNames.2"},
                      Bad{true, R"({"QueueUrl":"u","Entries":[{"Id":"a"},{}]})", Kind::kMissing, "Entries.2.Id"},
                      Bad{true, R"({"QueueUrl":"u","Entries":["a"]})", Kind::kWrongType, "Entries.1"},
                      Bad{true, R"({"QueueUrl":"u","Tags":{"k":1}})", Kind::kWrongType, "Tags.k"},
                      Bad{true, R"({"QueueUrl":"u","Tags":["k"]})", Kind::kWrongType, "Tags"},
                      Bad{true, R"({"QueueUrl":"u","MessageAttributes":{"a":{"DataType":"Binary","BinaryValue":"?"}}})",
                          Kind::kNotBase64, "MessageAttributes.a.BinaryValue"},
                      Bad{true, R"({"QueueUrl":"u","Single":{}})", Kind::kMissing, "Single.Id"}));

INSTANTIATE_TEST_SUITE_P(
    Form, FieldProblemsTest,
    ::testing::Values(Bad{false, "", Kind::kMissing, "QueueUrl"},
                      Bad{false, "QueueUrl.1=u", Kind::kWrongType, "QueueUrl"},
                      Bad{false, "QueueUrl=u&WaitTimeSeconds=x", Kind::kWrongType, "WaitTimeSeconds"},
                      Bad{false, "QueueUrl=u&WaitTimeSeconds=", Kind::kWrongType, "WaitTimeSeconds"},
                      Bad{false, "QueueUrl=u&WaitTimeSeconds=5 ", Kind::kWrongType, "WaitTimeSeconds"},
                      Bad{false, "QueueUrl=u&WaitTimeSeconds=21", Kind::kOutOfRange, "WaitTimeSeconds"},
                      Bad{false, "QueueUrl=u&Dry=yes", Kind::kWrongType, "Dry"},
                      Bad{false, "QueueUrl=u&BatchEntry.1.Id=a&BatchEntry.2.DelaySeconds=5", Kind::kMissing,
                          "BatchEntry.2.Id"},
                      Bad{false, "QueueUrl=u&BatchEntry.1=a", Kind::kWrongType, "BatchEntry.1"},
                      Bad{false, "QueueUrl=u&BatchEntry.one.Id=a", Kind::kWrongType, "BatchEntry.one"},
                      Bad{false, "QueueUrl=u&AttributeNames.member.-1=a", Kind::kWrongType, "AttributeName.-1"},
                      Bad{false, "QueueUrl=u&Tag.1.Key=k&Tag.1.Value=v&Tag.last.Key=k", Kind::kWrongType, "Tag.last"},
                      Bad{false, "QueueUrl=u&Tag.1.Key=k", Kind::kMissing, "Tag.1.Value"},
                      Bad{false, "QueueUrl=u&Tag.1.Value=v", Kind::kMissing, "Tag.1.Key"},
                      Bad{false, "QueueUrl=u&Tag.1.Key.x=k&Tag.1.Value=v", Kind::kWrongType, "Tag.1.Key"},
                      Bad{false, "QueueUrl=u&Tag=v", Kind::kMissing, "Tag.Key"}));

}  // namespace
}  // namespace broker::aws
