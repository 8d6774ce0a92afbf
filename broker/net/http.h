// A request and a response as handlers see them: decoded, whole, and of no protocol but HTTP itself.
// Plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace broker::net {

struct Header {
  std::string name;
  std::string value;
};

// Names compare without case. The first of several; nullopt when there is none.
std::optional<std::string_view> FindHeader(const std::vector<Header>& headers, std::string_view name);
bool EqualsWithoutCase(std::string_view a, std::string_view b);

struct Request {
  std::string method;           // as sent: "POST"
  std::string target;           // as sent, but without scheme and authority: "/a/b?c=d"
  std::vector<Header> headers;  // in the order sent, values trimmed; an absolute target's authority stands as Host
  std::string body;             // without its chunking, and inflated
  std::string peer;             // "127.0.0.1:51234"

  std::optional<std::string_view> Find(std::string_view name) const { return FindHeader(headers, name); }
  std::string_view path() const;   // still percent-encoded
  std::string_view query() const;  // what follows the first '?', still percent-encoded
};

// Content-Length, Connection and Date are added when it is written; control characters in values become spaces.
struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
};

// "Not Found"; "Status" for a number without a name of its own.
std::string_view ReasonPhrase(int status);

}  // namespace broker::net
