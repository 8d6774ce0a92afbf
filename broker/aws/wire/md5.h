// The digests by which clients check what was taken and what they got. Pure functions.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace broker::aws {

// As messages have them on this wire: exactly one of the values counts, by the type.
struct MessageAttribute {
  std::string type;   // "String", "Number", "Binary", each perhaps with a label: "Number.price"
  std::string value;  // text, or the bytes of a Binary

  bool is_binary() const { return type.starts_with("Binary"); }
  bool operator==(const MessageAttribute&) const = default;
};
using MessageAttributes = std::map<std::string, MessageAttribute, std::less<>>;

// 32 lower-case hexadecimal digits.
std::string Md5Hex(std::string_view bytes);

// Over the attributes in the order of their names: length and name, length and type, one byte for the kind of value
// (1 text, 2 bytes), length and value; lengths are four bytes, big-endian.
std::string Md5OfAttributes(const MessageAttributes& attributes);

}  // namespace broker::aws
