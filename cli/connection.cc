#include "cli/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "broker/base/number.h"
#include "cli/contexts.h"

namespace broker::cli {
namespace {

struct Named {
  std::string name;
  Context context;
};

Result<std::optional<Named>> Find(const ContextFile& file, const std::string& name, std::string_view named_by) {
  if (name.empty()) return std::optional<Named>();
  const auto found = file.contexts.find(name);
  if (found != file.contexts.end()) return std::optional<Named>(Named{name, found->second});
  std::string known;
  for (const auto& [key, context] : file.contexts) known += (known.empty() ? "" : ", ") + key;
  return Error(
      ErrorCode::kNotFound, "CONTEXT_NOT_FOUND",
      fmt::format("{} names the context \"{}\", which does not exist; {}; create it with: brokerctl context set {} "
                  "--address HOST:PORT",
                  named_by, name, known.empty() ? std::string("there is none yet") : "there are: " + known, name),
      "context/" + name);
}

constexpr std::size_t kMaxNamespaceBytes = 255;
constexpr std::array<std::string_view, 5> kOwnForms{"unix:", "unix-abstract:", "dns:", "ipv4:", "ipv6:"};

Error Bad(std::string_view from, std::string why) {
  return Error(ErrorCode::kInvalidArgument, "INVALID_FIELD", fmt::format("{}: {}", from, why));
}

bool IsPort(std::string_view text) {
  const auto port = ParseCount(text);
  return port.ok() && *port >= 1 && *port <= 65'535;
}

bool IsHost(std::string_view text) {
  const auto bad = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || std::string_view("/@?#[]\"'\\").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::none_of(text.begin(), text.end(), bad);
}

// Empty: nothing.
std::string_view WrongWith(std::string_view address) {
  if (address.find("://") != std::string_view::npos) return "it has a scheme";
  const auto bracket = address.starts_with('[') ? address.find(']') : std::string_view::npos;
  const auto colon = address.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (bracket == std::string_view::npos && colon != address.rfind(':')) {
    return "of its several colons one must stand before a port: an IPv6 address is written [::1]";
  }
  std::string_view host = address.substr(0, colon);
  if (bracket != std::string_view::npos) {
    if (host.size() != bracket + 1) return "only :PORT may follow the ]";
    host = address.substr(1, bracket - 1);
  }
  if (!IsHost(host)) return "its host is empty or has a character that no host has";
  if (colon != std::string_view::npos && !IsPort(address.substr(colon + 1))) return "its port is not 1 to 65535";
  return {};
}

}  // namespace

Status CheckAddress(std::string_view from, std::string_view address) {
  for (const std::string_view form : kOwnForms) {
    if (address.starts_with(form)) return {};
  }
  const std::string_view wrong = WrongWith(address);
  if (wrong.empty()) return {};
  return Bad(from, fmt::format("\"{}\" is no address: {}; write HOST:PORT, like {}", address, wrong, kDefaultAddress));
}

Status CheckNamespace(std::string_view from, std::string_view name_space) {
  const auto good = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("._~+%-").find(c) != std::string_view::npos;
  };
  if (!name_space.empty() && name_space.size() <= kMaxNamespaceBytes &&
      std::all_of(name_space.begin(), name_space.end(), good)) {
    return {};
  }
  return Bad(from, fmt::format("\"{}\" is no namespace: 1 to {} letters, digits and . _ ~ + % -", name_space,
                               kMaxNamespaceBytes));
}

Result<Connection> ResolveConnection(const ConnectionFlags& flags, const Terminal& terminal) {
  Connection out{std::string(kDefaultAddress), std::string(kDefaultNamespace), "the default"};
  std::string name_space_from = out.address_from;
  const auto address = [&out](const std::optional<std::string>& text, const std::string& from) {
    if (!text || text->empty()) return;
    out.address = *text;
    out.address_from = from;
  };
  const auto name_space = [&](const std::optional<std::string>& text, const std::string& from) {
    if (!text || text->empty()) return;
    out.name_space = *text;
    name_space_from = from;
  };
  const auto apply = [&](const std::optional<Named>& named) {
    if (!named) return;
    address(named->context.address, "context " + named->name);
    name_space(named->context.name_space, "context " + named->name);
  };

  // From the weakest to the strongest.
  ContextFile file;
  const bool all_given = !flags.address.empty() && !flags.name_space.empty() && flags.context.empty();
  const auto path = ContextFilePath(terminal);
  if (path && !all_given) {
    auto read = ReadContextFile(*path);
    if (!read.ok()) return read.error();
    file = *std::move(read);
  }
  const auto env_context = terminal.Env("BROKER_CONTEXT");
  if (flags.context.empty() && !all_given) {
    auto current = Find(file, env_context ? *env_context : file.current,
                        env_context ? "BROKER_CONTEXT" : "\"current\" of the context file");
    if (!current.ok()) return current.error();
    apply(*current);
  }
  address(terminal.Env("BROKER_ADDRESS"), "BROKER_ADDRESS");
  name_space(terminal.Env("BROKER_NAMESPACE"), "BROKER_NAMESPACE");
  auto chosen = Find(file, flags.context, "--context");
  if (!chosen.ok()) return chosen.error();
  apply(*chosen);
  address(flags.address, "--address");
  name_space(flags.name_space, "--namespace");
  BROKER_RETURN_IF_ERROR(CheckAddress(out.address_from, out.address));
  BROKER_RETURN_IF_ERROR(CheckNamespace(name_space_from, out.name_space));
  if (out.address.ends_with(']') || out.address.find(':') == std::string::npos) {
    out.address += kDefaultAddress.substr(kDefaultAddress.rfind(':'));
  }
  return out;
}

}  // namespace broker::cli
