#include "cli/app.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <ostream>

#include "cli/command.h"
#include "cli/commands/commands.h"
#include "cli/completion.h"
#include "cli/contexts.h"
#include "cli/name_source.h"
#include "cli/session.h"
#include "cli/suggest.h"

namespace broker::cli {
namespace {

constexpr const char* kVersionText = "brokerctl " BROKER_VERSION;
constexpr std::string_view kCompleteWord = "__complete";

void AddGlobalFlags(CLI::App& app, CommandSet& commands, GlobalFlags& flags) {
  Declaration declare(&app, commands.completions());
  declare.Choice("-o,--output", flags.output, {"table", "json", "yaml", "name"}, "How to print data; default: table")
      ->type_name("FORMAT");
  declare.Option("--address", flags.connection.address, "The broker's gRPC address (BROKER_ADDRESS)", "HOST:PORT");
  declare.Option("-n,--namespace", flags.connection.name_space, "Where names are looked up (BROKER_NAMESPACE)", "NAME");
  declare.Option("--context", flags.connection.context, "A named address and namespace (BROKER_CONTEXT)", "NAME",
                 {Names::kContexts, {}});
  declare.Duration("--timeout", flags.timeout, "How long to wait for an answer; default: 30s (BROKER_TIMEOUT)");
  declare.Flag("-q,--quiet", flags.quiet, "No words on standard error but warnings and errors");
  app.set_version_flag("--version", kVersionText);
}

void Declare(CLI::App& app, CommandSet& commands, GlobalFlags& flags) {
  app.name("brokerctl");
  app.description("Administers a message broker: topics, queues, subscriptions and their messages.");
  app.require_subcommand(1);
  app.fallthrough();
  AddGlobalFlags(app, commands, flags);
  AddCommands(app, commands);
  app.footer(ExitCodeTable());  // last: subcommands inherit the footer that is set when they are added
}

// The command that the words lead to, and the first word that is none.
std::string UnknownWord(const CLI::App& root, const std::vector<std::string>& words, std::vector<std::string>& known) {
  const CLI::App* app = &root;
  for (const std::string& word : words) {
    const auto children = app->get_subcommands([](const CLI::App*) { return true; });
    if (children.empty() || word.starts_with('-')) return {};
    const auto found = std::find_if(children.begin(), children.end(),
                                    [&word](const CLI::App* child) { return child->check_name(word); });
    if (found == children.end()) {
      for (const CLI::App* child : children) known.push_back(child->get_name());
      return word;
    }
    app = *found;
  }
  return {};
}

struct Chosen {
  const CLI::App* app;
  std::string path;  // "brokerctl queue create"
};

Chosen ChosenIn(const CLI::App& root) {
  Chosen chosen{&root, root.get_name()};
  while (!chosen.app->get_subcommands().empty()) {
    chosen.app = chosen.app->get_subcommands().front();
    chosen.path += " " + chosen.app->get_name();
  }
  return chosen;
}

ExitCode ShowHelp(const CLI::App& root, Terminal& terminal) {
  const Chosen chosen = ChosenIn(root);
  const bool is_root = chosen.app == &root;
  const std::size_t parent_size = is_root ? 0 : chosen.path.size() - chosen.app->get_name().size() - 1;
  terminal.Out() << chosen.app->help(chosen.path.substr(0, parent_size));
  if (!is_root) terminal.Out() << "\nGlobal flags (-o, --address, --namespace, ...) and exit codes: brokerctl --help\n";
  terminal.Out() << std::flush;
  return ExitCode::kOk;
}

// What begins with '-' and is no flag of the chosen command; "" when there is none.
std::string UnknownFlag(const CLI::App& root) {
  for (const std::string& word : root.remaining(/*recurse=*/true)) {
    if (word.size() > 1 && word.starts_with('-') && word != "--") return word.substr(0, word.find('='));
  }
  return {};
}

// Flags of the chosen command and its parents that are like a mistyped one.
std::vector<std::string> SimilarFlags(const CLI::App& root, const std::string& flag) {
  std::vector<std::string> known;
  for (const CLI::App* app = ChosenIn(root).app; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options([](const CLI::Option*) { return true; })) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
  }
  return flag.starts_with("--") ? Similar(flag, known) : std::vector<std::string>();
}

void HintAtFlag(const CLI::App& app, Terminal& terminal) {
  const std::string flag = UnknownFlag(app);
  if (flag.empty()) return;
  const auto similar = SimilarFlags(app, flag);
  if (!similar.empty()) {
    terminal.Err() << "did you mean: " << similar.front() << "?\n";
  } else {
    terminal.Err() << "\"" << flag << "\" is no flag here; a name or value that begins with '-' comes last, after --\n";
  }
}

ExitCode FailUsage(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& arguments,
                   Terminal& terminal) {
  std::vector<std::string> known;
  const std::string unknown = UnknownWord(app, arguments, known);
  if (!unknown.empty()) {
    terminal.Err() << "error: there is no command \"" << unknown << "\"\n";
    const auto similar = Similar(unknown, known);
    if (!similar.empty()) terminal.Err() << "did you mean: " << similar.front() << "?\n";
  } else {
    terminal.Err() << "error: " << error.what() << "\n";
    HintAtFlag(app, terminal);
  }
  terminal.Err() << "see: " << ChosenIn(app).path << " --help\n";
  return ExitCode::kUsage;
}

// Connection flags of a line that is still being typed, so that names come from the broker it names.
ConnectionFlags FlagsIn(const std::vector<std::string>& words) {
  ConnectionFlags flags;
  const auto read = [&words](std::string_view name) -> std::string {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      if (words[i] == name && i + 2 < words.size()) return words[i + 1];
      if (words[i].starts_with(std::string(name) + "=")) return words[i].substr(name.size() + 1);
    }
    return {};
  };
  flags.address = read("--address");
  flags.name_space = read("--namespace");
  if (flags.name_space.empty()) flags.name_space = read("-n");
  flags.context = read("--context");
  return flags;
}

std::vector<std::string> ContextNames(const Terminal& terminal) {
  std::vector<std::string> names;
  const auto path = ContextFilePath(terminal);
  const auto file = path ? ReadContextFile(*path) : Result<ContextFile>(ContextFile{});
  if (file.ok()) {
    for (const auto& [name, context] : file->contexts) names.push_back(name);
  }
  return names;
}

// Never says a word about errors: the user is typing.
ExitCode RunComplete(const CLI::App& app, const CommandSet& commands, const std::vector<std::string>& words,
                     Terminal& terminal) {
  const NameSource source = [&](Names names) -> std::vector<std::string> {
    if (names == Names::kContexts) return ContextNames(terminal);
    auto connection = ResolveConnection(FlagsIn(words), terminal);
    if (!connection.ok()) return {};
    Client client(*std::move(connection), std::chrono::seconds(1), terminal.clock());
    return LiveNames(client, names);
  };
  for (const Candidate& candidate : Complete(app, commands.completions(), words, source)) {
    terminal.Out() << candidate.word << '\t' << candidate.description << '\n';
  }
  terminal.Out() << std::flush;
  return ExitCode::kOk;
}

}  // namespace

ExitCode RunBrokerctl(const std::vector<std::string>& arguments, Terminal& terminal) {
  CLI::App app;
  CommandSet commands;
  GlobalFlags flags;
  Declare(app, commands, flags);
  if (!arguments.empty() && arguments.front() == kCompleteWord) {
    return RunComplete(app, commands, {arguments.begin() + 1, arguments.end()}, terminal);
  }
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
  } catch (const CLI::CallForHelp&) {
    return ShowHelp(app, terminal);
  } catch (const CLI::CallForVersion&) {
    terminal.Out() << kVersionText << '\n' << std::flush;
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    return FailUsage(app, error, arguments, terminal);
  }
  Session session(terminal, flags);
  const ExitCode code = commands.chosen()->Run(session);
  if (code == ExitCode::kOk && !terminal.Out().flush()) {
    return session.Fail(Error(ErrorCode::kInternal, "OUTPUT_LOST", "standard output could not be written"));
  }
  return code;
}

}  // namespace broker::cli
