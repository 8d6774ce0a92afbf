// A Writer of one JSON object. Texts must be UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "broker/aws/wire/value.h"
#include "broker/aws/wire/writer.h"

namespace broker::aws {

// Quoted, and escaped so that XML can carry it (IsXmlText), whatever is in it.
void AppendJsonText(std::string_view text, std::string& out);
// A whole tree, without spaces; numbers as they were sent.
std::string ToJson(const Value& value);

class JsonWriter final : public Writer {
 public:
  JsonWriter() : out_("{") {}

  using Writer::Text;
  void Text(std::string_view name, std::string_view value) override;
  void Integer(std::string_view name, std::int64_t value) override;
  void Boolean(std::string_view name, bool value) override;

  // The object. Call once, at the end.
  std::string Take();

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
  void OpenEntry(const MapName&, std::string_view) override {}
  void CloseEntry(const MapName&) override {}
  std::string_view EntryValue(const MapName&, std::string_view key) const override { return key; }

  void Comma();
  void Key(std::string_view name);

  std::string out_;
};

}  // namespace broker::aws
