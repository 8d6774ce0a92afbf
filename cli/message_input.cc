#include "cli/message_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "cli/base64.h"

namespace broker::cli {
namespace {

Error Bad(std::string_view text, std::string_view why) {
  return InvalidField("--attribute",
                      fmt::format("\"{}\" {}; write NAME=VALUE, NAME:number=12 or NAME:bytes=BASE64", text, why));
}

// [+-] digits, at most one '.', an exponent: what is kept digit for digit as a decimal.
bool IsNumber(std::string_view text) {
  const auto digits = [&text] {
    const auto end = std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
    const auto count = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(count);
    return count;
  };
  const auto sign = [&text] {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  };
  sign();
  std::size_t count = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    count += digits();
  }
  if (count == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    sign();
    if (digits() == 0) return false;
  }
  return text.empty();
}

// From what errors call `from`.
Result<std::string> ReadAll(std::string_view flag, std::istream& in, std::string_view from) {
  std::string all;
  std::string buffer(64u << 10, '\0');
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
    all.append(buffer, 0, static_cast<std::size_t>(in.gcount()));
    if (all.size() > kMaxBodyBytes) {
      return InvalidField(std::string(flag), fmt::format("{} has more than {} bytes, the most of a body", from, kMaxBodyBytes));
    }
  }
  if (in.bad()) return InvalidField(std::string(flag), fmt::format("cannot read {}: {}", from, std::strerror(errno)));
  return all;
}

}  // namespace

Result<AttributeInput> ParseAttribute(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return Bad(text, "has no '='");
  std::string_view name = text.substr(0, equals);
  AttributeInput attribute;
  attribute.value = std::string(text.substr(equals + 1));
  if (const auto colon = name.rfind(':'); colon != std::string_view::npos) {
    const std::string_view kind = name.substr(colon + 1);
    if (kind == "number") attribute.kind = AttributeKind::kNumber;
    if (kind == "bytes") attribute.kind = AttributeKind::kBytes;
    if (kind == "number" || kind == "bytes" || kind == "text") name = name.substr(0, colon);
  }
  if (name.empty()) return Bad(text, "has no name before the '='");
  attribute.name = std::string(name);
  if (attribute.kind == AttributeKind::kNumber && !IsNumber(attribute.value)) {
    return Bad(text, fmt::format("gives \"{}\", which is not a number", attribute.value));
  }
  if (attribute.kind == AttributeKind::kBytes) {
    auto bytes = DecodeBase64(attribute.value);
    if (!bytes) return Bad(text, "is not base64 after the '='");
    attribute.value = *std::move(bytes);
  }
  return attribute;
}

Result<std::string> ReadBody(std::string_view flag, const std::string& text, std::istream& in) {
  if (text == "-") return ReadAll(flag, in, "standard input");
  if (!text.starts_with('@')) return text;
  if (text.starts_with("@@")) return text.substr(1);
  const std::string path = text.substr(1);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return InvalidField(std::string(flag), fmt::format("cannot read {}: {}; text that begins with @ is written @@",
                                                       path, std::strerror(errno)));
  }
  return ReadAll(flag, file, path);
}

}  // namespace broker::cli
