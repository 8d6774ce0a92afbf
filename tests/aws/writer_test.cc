// One declared output, written as JSON and as XML of both kinds.
#include <gmock/gmock.h>

#include <map>
#include <vector>

#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/xml_writer.h"

namespace broker::aws {
namespace {

struct Output {
  std::optional<std::string> token;
  std::vector<std::string> urls;
  std::vector<std::pair<std::string, std::int64_t>> messages;
  std::map<std::string, std::string> attributes;
};

void Write(Writer& w, const Output& out) {
  w.Text("NextToken", out.token);
  w.Texts({"QueueUrls", "QueueUrl"}, out.urls);
  w.List({"Messages", "Message"}, out.messages, [](Writer& m, const auto& message) {
    m.Text("Id", std::string_view(message.first));
    m.Integer("Size", message.second);
  });
  w.TextMap({{"Attributes", "Attribute"}, "Name", "Value"}, out.attributes);
}

std::string Json(const Output& out) {
  JsonWriter writer;
  Write(writer, out);
  return writer.Take();
}
std::string Xml(const Output& out, XmlLists lists) {
  XmlWriter writer(lists);
  Write(writer, out);
  return writer.Take();
}

const Output kFull{"t", {"a", "b"}, {{"m1", 1}, {"m2", -2}}, {{"k", "v"}, {"l", "w"}}};

TEST(WriterTest, WritesJson) {
  EXPECT_EQ(Json(kFull), R"({"NextToken":"t","QueueUrls":["a","b"],"Messages":[{"Id":"m1","Size":1},)"
                         R"({"Id":"m2","Size":-2}],"Attributes":{"k":"v","l":"w"}})");
  EXPECT_EQ(Json({}), "{}");
}

TEST(WriterTest, WritesFlattenedXml) {
  EXPECT_EQ(Xml(kFull, XmlLists::kFlattened),
            "<NextToken>t</NextToken><QueueUrl>a</QueueUrl><QueueUrl>b</QueueUrl>"
            "<Message><Id>m1</Id><Size>1</Size></Message><Message><Id>m2</Id><Size>-2</Size></Message>"
            "<Attribute><Name>k</Name><Value>v</Value></Attribute><Attribute><Name>l</Name><Value>w</Value></Attribute>");
  EXPECT_EQ(Xml({}, XmlLists::kFlattened), "");
}

TEST(WriterTest, WritesWrappedXml) {
  EXPECT_EQ(Xml(kFull, XmlLists::kWrapped),
            "<NextToken>t</NextToken><QueueUrls><member>a</member><member>b</member></QueueUrls>"
            "<Messages><member><Id>m1</Id><Size>1</Size></member><member><Id>m2</Id><Size>-2</Size></member></Messages>"
            "<Attributes><entry><Name>k</Name><Value>v</Value></entry><entry><Name>l</Name><Value>w</Value></entry>"
            "</Attributes>");
  EXPECT_EQ(Xml({}, XmlLists::kWrapped), "<QueueUrls/><Messages/><Attributes/>");
}

void WriteRest(Writer& w) {
  w.Boolean("Yes", true);
  w.Bytes("Bytes", "foo");
  w.Structure("Inner", [](Writer& inner) { inner.Integer("N", 7); });
  const std::map<std::string, int> numbers{{"x", 1}};
  w.Map({{"Map", "Entry"}, "K", "V"}, numbers, [](Writer& v, int n) { v.Integer("N", n); });
}

TEST(WriterTest, WritesStructuresBooleansAndBytes) {
  JsonWriter json;
  WriteRest(json);
  EXPECT_EQ(json.Take(), R"({"Yes":true,"Bytes":"Zm9v","Inner":{"N":7},"Map":{"x":{"N":1}}})");
  XmlWriter xml(XmlLists::kFlattened);
  WriteRest(xml);
  EXPECT_EQ(xml.Take(), "<Yes>true</Yes><Bytes>Zm9v</Bytes><Inner><N>7</N></Inner>"
                        "<Entry><K>x</K><V><N>1</N></V></Entry>");
}

TEST(WriterTest, JsonTextsAreEscapedSoThatTheyComeBack) {
  std::string every;
  for (char c = 0; c < 0x7f; ++c) every += c;
  every += "\x7f\xC3\xA4\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBC\x81";
  std::string text;
  AppendJsonText(every, text);
  EXPECT_TRUE(IsXmlText(text));
  const auto read = ReadJson(text);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->text, every);
}

TEST(WriterTest, XmlTextsAreEscaped) {
  std::string text;
  AppendXmlText("<a b=\"c\">&'\r\n\t\xC3\xA4", text);
  EXPECT_EQ(text, "&lt;a b=&quot;c&quot;&gt;&amp;'&#xD;\n\t\xC3\xA4");
}

TEST(WriterTest, WhatXmlForbidsIsKnownAndNeverWritten) {
  for (const std::string_view bad : {std::string_view("\0", 1), std::string_view("\x1f"), std::string_view("\x0b"),
                                     std::string_view("\xEF\xBF\xBE"), std::string_view("\xEF\xBF\xBF")}) {
    EXPECT_FALSE(IsXmlText(bad));
    std::string text;
    AppendXmlText(bad, text);
    EXPECT_EQ(text, "\xEF\xBF\xBD");
  }
  EXPECT_TRUE(IsXmlText("\t\r\n \x7f\xEF\xBF\xBD\xF0\x9F\x98\x80"));
}

}  // namespace
}  // namespace broker::aws
