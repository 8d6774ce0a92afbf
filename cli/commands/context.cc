#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/contexts.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

Result<std::string> FilePath(Session& session) {
  if (auto path = ContextFilePath(session.terminal())) return *path;
  return Error(ErrorCode::kFailedPrecondition, "NO_HOME",
               "neither XDG_CONFIG_HOME nor HOME says where contexts are kept");
}

// Reads, changes, writes; `change` answers what to say.
template <class Change>
ExitCode ChangeFile(Session& session, const Change& change) {
  const auto path = FilePath(session);
  if (!path.ok()) return session.Fail(path.error());
  auto file = ReadContextFile(*path);
  if (!file.ok()) return session.Fail(file.error());
  const Result<std::string> said = change(*file);
  if (!said.ok()) return session.Fail(said.error());
  if (const Status status = WriteContextFile(*path, *file); !status.ok()) return session.Fail(status.error());
  session.Say(*said);
  return ExitCode::kOk;
}

Error NotThere(const ContextFile& file, const std::string& name) {
  std::string known;
  for (const auto& [key, context] : file.contexts) known += (known.empty() ? "" : ", ") + key;
  return Error(
      ErrorCode::kNotFound, "CONTEXT_NOT_FOUND",
      fmt::format("there is no context {}; {}", name, known.empty() ? "there is none yet" : "there are: " + known));
}

class ContextList final : public Command {
 public:
  explicit ContextList(Declaration&) {}
  ExitCode Run(Session& session) override {
    const auto path = FilePath(session);
    if (!path.ok()) return session.Fail(path.error());
    const auto file = ReadContextFile(*path);
    if (!file.ok()) return session.Fail(file.error());
    Value rows = Value::MakeArray();
    for (const auto& [name, context] : file->contexts) {
      rows.Append(Value::MakeObject()
                      .Set("name", name)
                      .Set("current", name == file->current)
                      .Set("address", context.address ? Value(*context.address) : Value())
                      .Set("namespace", context.name_space ? Value(*context.name_space) : Value()));
    }
    session.Show(
        View::List("contexts", std::move(rows),
                   {{"NAME", "name"}, {"CURRENT", "current"}, {"ADDRESS", "address"}, {"NAMESPACE", "namespace"}}));
    return ExitCode::kOk;
  }
};

class ContextUse final : public Command {
 public:
  explicit ContextUse(Declaration& declare) { declare.Positional("NAME", name_, "Of the context", Names::kContexts); }
  ExitCode Run(Session& session) override {
    return ChangeFile(session, [&](ContextFile& file) -> Result<std::string> {
      if (!file.contexts.contains(name_)) return NotThere(file, name_);
      file.current = name_;
      return fmt::format("using context {}", name_);
    });
  }

 private:
  std::string name_;
};

class ContextSet final : public Command {
 public:
  explicit ContextSet(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the context; created if it is new", Names::kContexts);
    declare.Example("brokerctl context set prod --address broker.example:8085 --namespace shop");
  }
  ExitCode Run(Session& session) override {
    const ConnectionFlags& flags = session.flags().connection;
    return ChangeFile(session, [&](ContextFile& file) -> Result<std::string> {
      BROKER_RETURN_IF_ERROR(CheckContextName(name_));
      if (flags.address.empty() && flags.name_space.empty()) {
        return InvalidField("--address", "is missing: a context keeps --address, --namespace or both");
      }
      if (!flags.address.empty()) BROKER_RETURN_IF_ERROR(CheckAddress("--address", flags.address));
      if (!flags.name_space.empty()) BROKER_RETURN_IF_ERROR(CheckNamespace("--namespace", flags.name_space));
      Context& context = file.contexts[name_];
      if (!flags.address.empty()) context.address = flags.address;
      if (!flags.name_space.empty()) context.name_space = flags.name_space;
      if (file.current.empty()) file.current = name_;  // the first one is meant to be used
      return fmt::format("set context {}{}", name_, file.current == name_ ? " (current)" : "");
    });
  }

 private:
  std::string name_;
};

class ContextDelete final : public Command {
 public:
  explicit ContextDelete(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the context", Names::kContexts);
  }
  ExitCode Run(Session& session) override {
    return ChangeFile(session, [&](ContextFile& file) -> Result<std::string> {
      if (file.contexts.erase(name_) == 0) return NotThere(file, name_);
      if (file.current == name_) file.current.clear();
      return fmt::format("deleted context {}", name_);
    });
  }

 private:
  std::string name_;
};

}  // namespace

void AddContextCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group =
      commands.AddGroup(&root, "context", "Named addresses and namespaces, kept in your configuration folder");
  commands.Add<ContextList>(group, "list", "List them");
  commands.Add<ContextUse>(group, "use", "Make one the current one");
  commands.Add<ContextSet>(group, "set", "Create or change one, from --address and --namespace");
  commands.Add<ContextDelete>(group, "delete", "Forget one");
}

}  // namespace broker::cli
