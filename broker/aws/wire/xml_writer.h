// A Writer of XML elements, one after the other, without a root: the answer's frame is written around them.
//
// kFlattened: <QueueUrl>a</QueueUrl><QueueUrl>b</QueueUrl>, <Attribute><Name>k</Name><Value>v</Value></Attribute>
// kWrapped:   <Topics><member>a</member></Topics>, <Attributes><entry><key>k</key><value>v</value></entry></Attributes>
//
// Texts must be UTF-8. What XML 1.0 forbids becomes U+FFFD: whoever may meet such text keeps it away from here.
#pragma once

#include <string>
#include <string_view>

#include "broker/aws/wire/writer.h"

namespace broker::aws {

enum class XmlLists { kFlattened, kWrapped };

// Escaped for an element's text: & < > " and CR as references.
void AppendXmlText(std::string_view text, std::string& out);
// Whether XML 1.0 can carry every character of `text`, which is UTF-8.
bool IsXmlText(std::string_view text);

class XmlWriter final : public Writer {
 public:
  explicit XmlWriter(XmlLists lists) : wrapped_(lists == XmlLists::kWrapped) {}

  using Writer::Text;
  void Text(std::string_view name, std::string_view value) override;
  void Integer(std::string_view name, std::int64_t value) override;
  void Boolean(std::string_view name, bool value) override;

  std::string Take() { return std::move(out_); }

 private:
  void Open(std::string_view name) override;
  void Close(std::string_view name) override;
  void OpenList(const Name& name, bool empty) override;
  void CloseList(const Name& name, bool empty) override;
  void OpenItem(const Name& name) override;
  void CloseItem(const Name& name) override;
  void TextItem(const Name& name, std::string_view value) override;
  void OpenMap(const MapName& name, bool empty) override;
  void CloseMap(const MapName& name, bool empty) override;
  void OpenEntry(const MapName& name, std::string_view key) override;
  void CloseEntry(const MapName& name) override;
  std::string_view EntryValue(const MapName& name, std::string_view) const override { return name.value; }

  std::string_view ItemName(const Name& name) const { return wrapped_ ? "member" : name.query; }
  std::string_view EntryName(const MapName& name) const { return wrapped_ ? "entry" : name.name.query; }

  const bool wrapped_;
  std::string out_;
};

}  // namespace broker::aws
