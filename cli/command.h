// The shape of every command: options declared into members, then one run. brokerctl parses, then runs the one chosen
// command; nothing runs while parsing. Confined to the main thread.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/number.h"
#include "broker/base/result.h"
#include "cli/exit_code.h"

namespace broker::cli {

class Session;

// What an option's or a positional's value can be completed with.
enum class Names {
  kNone,
  kTopics,
  kQueues,
  kSubscriptions,
  kPullSubscriptions,
  kTopicsAndQueues,
  kSources,
  kSnapshots,
  kTasks,
  kContexts,
  kFiles
};
struct Completion {
  Names names = Names::kNone;
  std::vector<std::string> words;  // fixed choices
};
using Completions = std::map<const CLI::Option*, Completion>;

class Command {
 public:
  virtual ~Command() = default;
  virtual ExitCode Run(Session& session) = 0;
};

// Owns the commands and knows which one the parsed command line chose.
class CommandSet {
 public:
  // Adds `C` as subcommand `name` of `parent`. `C` is constructed with the subcommand's Declaration: it binds options
  // to its own members there.
  template <class C, class... Args>
  CLI::App* Add(CLI::App* parent, const std::string& name, const std::string& description, Args... args);
  // A group of subcommands, e.g. "queue".
  CLI::App* AddGroup(CLI::App* parent, const std::string& name, const std::string& description);

  Command* chosen() const { return chosen_; }
  Completions& completions() { return completions_; }
  const Completions& completions() const { return completions_; }

 private:
  std::vector<std::unique_ptr<Command>> commands_;
  Command* chosen_ = nullptr;
  Completions completions_;
};

// Declares the options of one command. The members bound here must outlive parsing (they are the command's own).
class Declaration {
 public:
  Declaration(CLI::App* app, Completions& completions) : app_(app), completions_(completions) {}

  template <class T>
  CLI::Option* Positional(const std::string& name, T& member, const std::string& description, Names names) {
    return Completed(app_->add_option(name, member, description)->required(), {names, {}});
  }
  // One value each time it is given; a vector member collects them.
  template <class T>
  CLI::Option* Option(const std::string& names, T& member, const std::string& description, const std::string& type,
                      Completion completion = {}) {
    return Completed(app_->add_option(names, member, description)->allow_extra_args(false)->type_name(type),
                     std::move(completion));
  }
  CLI::Option* Flag(const std::string& names, bool& member, const std::string& description) {
    return app_->add_flag(names, member, description);
  }
  // --WORD and --no-WORD: true or false where given.
  void Toggle(const std::string& word, std::optional<bool>& member, const std::string& description);
  // One of `words`.
  CLI::Option* Choice(const std::string& names, std::string& member, std::vector<std::string> words,
                      const std::string& description);
  // "30s", "12h": refused while parsing if it is no duration.
  CLI::Option* Duration(const std::string& names, std::optional<Nanos>& member, const std::string& description);
  // A whole number from `least` to `most`: refused while parsing if it is none.
  template <class T>
  CLI::Option* Number(const std::string& names, T& member, std::uint64_t least, std::uint64_t most,
                      const std::string& description) {
    return Counted(
               names, ParseCount, {least, most}, [&member](std::uint64_t n) { Assign(member, n); }, description)
        ->type_name("N");
  }
  // "64MiB", at most `most` bytes.
  template <class T>
  CLI::Option* Size(const std::string& names, T& member, std::uint64_t most, const std::string& description) {
    return Counted(
               names, ParseSize, {0, most}, [&member](std::uint64_t n) { Assign(member, n); }, description)
        ->type_name("SIZE");
  }
  void Example(const std::string& text);

  CLI::App* app() { return app_; }

 private:
  CLI::Option* Completed(CLI::Option* option, Completion completion);
  struct Range {
    std::uint64_t least;
    std::uint64_t most;
  };
  using ParseFunction = Result<std::uint64_t> (*)(std::string_view text);
  CLI::Option* Counted(const std::string& names, ParseFunction parse, Range range,
                       std::function<void(std::uint64_t)> take, const std::string& description);
  template <class T>
  static void Assign(T& member, std::uint64_t number) {
    member = static_cast<T>(number);
  }
  template <class T>
  static void Assign(std::optional<T>& member, std::uint64_t number) {
    member = static_cast<T>(number);
  }

  CLI::App* app_;
  Completions& completions_;
};

template <class C, class... Args>
CLI::App* CommandSet::Add(CLI::App* parent, const std::string& name, const std::string& description, Args... args) {
  CLI::App* app = parent->add_subcommand(name, description);
  Declaration declare(app, completions_);
  auto command = std::make_unique<C>(declare, std::move(args)...);
  Command* raw = command.get();
  commands_.push_back(std::move(command));
  app->callback([this, raw] { chosen_ = raw; });
  return app;
}

}  // namespace broker::cli
