#include "cli/connection.h"

#include <fmt/format.h>

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

}  // namespace

Result<Connection> ResolveConnection(const ConnectionFlags& flags, const Terminal& terminal) {
  Connection out{std::string(kDefaultAddress), std::string(kDefaultNamespace), "the default"};
  const auto apply = [&out](const std::optional<std::string>& address, const std::optional<std::string>& name_space,
                            const std::string& from) {
    if (address && !address->empty()) {
      out.address = *address;
      out.address_from = from;
    }
    if (name_space && !name_space->empty()) out.name_space = *name_space;
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
    if (*current) apply((*current)->context.address, (*current)->context.name_space, "context " + (*current)->name);
  }
  apply(terminal.Env("BROKER_ADDRESS"), terminal.Env("BROKER_NAMESPACE"), "BROKER_ADDRESS");
  auto chosen = Find(file, flags.context, "--context");
  if (!chosen.ok()) return chosen.error();
  if (*chosen) apply((*chosen)->context.address, (*chosen)->context.name_space, "context " + (*chosen)->name);
  apply(flags.address, flags.name_space, "--address");
  if (out.address.ends_with(']') || out.address.find(':') == std::string::npos) {
    out.address += kDefaultAddress.substr(kDefaultAddress.rfind(':'));
  }
  return out;
}

}  // namespace broker::cli
