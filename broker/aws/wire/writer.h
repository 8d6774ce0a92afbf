// Writes the output of an action, declared once for both codecs:
//
//   void Write(Writer& w, const ListQueuesOutput& out) {
//     w.Texts({"QueueUrls", "QueueUrl"}, out.queue_urls);
//     w.Text("NextToken", out.next_token);     // an empty optional is left out
//   }
//
// Empty lists and maps are left out of JSON and of flattened XML: some clients stumble over them.
// Confined to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "broker/aws/wire/fields.h"

namespace broker::aws {

class Writer {
 public:
  virtual ~Writer() = default;

  virtual void Text(std::string_view name, std::string_view value) = 0;
  virtual void Integer(std::string_view name, std::int64_t value) = 0;
  virtual void Boolean(std::string_view name, bool value) = 0;
  void Text(std::string_view name, const std::optional<std::string>& value) {
    if (value) Text(name, std::string_view(*value));
  }
  void Bytes(std::string_view name, std::string_view bytes);  // base64

  // `write(Writer&)` writes the members.
  template <class F>
  void Structure(std::string_view name, F write) {
    Open(name);
    write(*this);
    Close(name);
  }
  // `write(Writer&, const T&)` for each of `items`.
  template <class Items, class F>
  void List(const Name& name, const Items& items, F write) {
    OpenList(name, std::empty(items));
    for (const auto& item : items) {
      OpenItem(name);
      write(*this, item);
      CloseItem(name);
    }
    CloseList(name, std::empty(items));
  }
  // Empty, JSON leaves it out like any list, unless clients must find one (`required`).
  template <class Items>
  void Texts(const Name& name, const Items& items, bool required = false) {
    const bool empty = std::empty(items) && !required;
    OpenList(name, empty);
    for (const auto& item : items) TextItem(name, item);
    CloseList(name, empty);
  }
  // Of (text, text) pairs.
  template <class Items>
  void TextMap(const MapName& name, const Items& items) {
    OpenMap(name, std::empty(items));
    for (const auto& [key, value] : items) {
      OpenEntry(name, key);
      Text(EntryValue(name, key), std::string_view(value));
      CloseEntry(name);
    }
    CloseMap(name, std::empty(items));
  }
  // Of (text, T) pairs: `write(Writer&, const T&)` writes the members of a value.
  template <class Items, class F>
  void Map(const MapName& name, const Items& items, F write) {
    OpenMap(name, std::empty(items));
    for (const auto& [key, value] : items) {
      OpenEntry(name, key);
      Open(EntryValue(name, key));
      write(*this, value);
      Close(EntryValue(name, key));
      CloseEntry(name);
    }
    CloseMap(name, std::empty(items));
  }

 protected:
  virtual void Open(std::string_view name) = 0;
  virtual void Close(std::string_view name) = 0;
  virtual void OpenList(const Name& name, bool empty) = 0;
  virtual void CloseList(const Name& name, bool empty) = 0;
  virtual void OpenItem(const Name& name) = 0;
  virtual void CloseItem(const Name& name) = 0;
  virtual void TextItem(const Name& name, std::string_view value) = 0;
  virtual void OpenMap(const MapName& name, bool empty) = 0;
  virtual void CloseMap(const MapName& name, bool empty) = 0;
  virtual void OpenEntry(const MapName& name, std::string_view key) = 0;
  virtual void CloseEntry(const MapName& name) = 0;
  // Under which name an entry's value is written.
  virtual std::string_view EntryValue(const MapName& name, std::string_view key) const = 0;
};

}  // namespace broker::aws
