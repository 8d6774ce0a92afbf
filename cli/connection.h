// Which broker and namespace a command talks to. Each of address and namespace is settled on its own, the first that
// says something wins:
//   1. the flag (--address, --namespace)
//   2. the context named by --context
//   3. the environment (BROKER_ADDRESS, BROKER_NAMESPACE)
//   4. the context named by BROKER_CONTEXT, else the current one of the context file
//   5. 127.0.0.1:8085 and "default"
// An address without a port means port 8085.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "cli/terminal.h"

namespace broker::cli {

inline constexpr std::string_view kDefaultAddress = "127.0.0.1:8085";
inline constexpr std::string_view kDefaultNamespace = "default";

// As given on the command line; empty: not given.
struct ConnectionFlags {
  std::string address;
  std::string name_space;
  std::string context;
};

struct Connection {
  std::string address;
  std::string name_space;
  std::string address_from;  // for people: "--address", "BROKER_ADDRESS", "context local", "the default"

  bool operator==(const Connection&) const = default;
};

// HOST, HOST:PORT or [IPV6]:PORT; or one of gRPC's own forms, e.g. unix:PATH, which are gRPC's to check. `from` is who
// says it, for the error. Errors: kInvalidArgument.
Status CheckAddress(std::string_view from, std::string_view address);
// What the broker takes for a namespace's name. Errors: kInvalidArgument.
Status CheckNamespace(std::string_view from, std::string_view name_space);

// Errors: kNotFound for a context that is named and not there (with those that are); those of ReadContextFile; those of
// CheckAddress and CheckNamespace, naming the flag, the variable or the context.
Result<Connection> ResolveConnection(const ConnectionFlags& flags, const Terminal& terminal);

}  // namespace broker::cli
