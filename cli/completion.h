// What the shell offers for a word that is being typed: commands, options, fixed choices, and live names that a source
// answers. Pure: walks the declared commands and asks the source at most once.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace broker::cli {

struct Candidate {
  std::string word;
  std::string description;  // may be empty

  bool operator==(const Candidate&) const = default;
};

using NameSource = std::function<std::vector<std::string>(Names)>;

// `words` follow the program's name; the last is the one being typed (may be empty). Only candidates that continue it.
std::vector<Candidate> Complete(const CLI::App& root, const Completions& completions,
                                const std::vector<std::string>& words, const NameSource& source);

// The script that a shell sources; nullopt for an unknown shell. Known: bash, zsh, fish.
std::optional<std::string> CompletionScript(std::string_view shell);

}  // namespace broker::cli
