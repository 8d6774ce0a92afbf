#include "cli/completion.h"

#include <algorithm>

namespace broker::cli {
namespace {

const CLI::App* Subcommand(const CLI::App& app, const std::string& name) {
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (child->check_name(name)) return child;
  }
  return nullptr;
}

// Options fall through to the parents, as in parsing.
const CLI::Option* FindOption(const CLI::App* app, const std::string& name) {
  for (; app != nullptr; app = app->get_parent()) {
    if (const CLI::Option* option = app->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

bool TakesValue(const CLI::Option& option) { return option.get_items_expected_min() > 0; }

const CLI::Option* Positional(const CLI::App& app, std::size_t index) {
  const CLI::Option* last = nullptr;
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    if (!option->get_positional()) continue;
    last = option;
    if (index-- == 0) return option;
  }
  return last != nullptr && last->get_items_expected_max() > 1 ? last : nullptr;  // the last one takes all the rest
}

class Candidates {
 public:
  explicit Candidates(std::string_view typed) : typed_(typed) {}
  void Add(std::string word, std::string description = {}) {
    if (word.starts_with(typed_)) found_.push_back({std::move(word), std::move(description)});
  }
  std::vector<Candidate> Take() && { return std::move(found_); }

 private:
  std::string typed_;
  std::vector<Candidate> found_;
};

void AddOptions(const CLI::App* app, Candidates& out) {
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options([](const CLI::Option*) { return true; })) {
      if (option->get_group().empty()) continue;
      for (const std::string& name : option->get_lnames()) out.Add("--" + name, option->get_description());
    }
  }
}

// Which names follow "topic/" and the like, where a name can be of several kinds.
Names OfKind(Names names, std::string_view kind) {
  const bool sources = names == Names::kSources;
  if (!sources && names != Names::kTopicsAndQueues) return Names::kNone;
  if (kind == "queue/") return Names::kQueues;
  if (kind == "topic/" && !sources) return Names::kTopics;
  if (kind == "subscription/" && sources) return Names::kPullSubscriptions;
  return Names::kNone;
}

// `typed` is the beginning of the value, behind `prefix`.
void AddValues(const CLI::Option* option, const Completions& completions, const NameSource& source, std::string prefix,
               std::string_view typed, Candidates& out) {
  if (option == nullptr) return;
  const auto found = completions.find(option);
  if (found == completions.end()) return;
  for (const std::string& word : found->second.words) out.Add(prefix + word);
  Names names = found->second.names;
  if (const auto slash = typed.find('/'); slash != std::string_view::npos) {
    const std::string_view kind = typed.substr(0, slash + 1);
    if (const Names narrower = OfKind(names, kind); narrower != Names::kNone) {
      names = narrower;
      prefix += kind;
    }
  }
  if (names == Names::kNone || names == Names::kFiles) return;
  for (const std::string& name : source(names)) out.Add(prefix + name);
}

}  // namespace

std::vector<Candidate> Complete(const CLI::App& root, const Completions& completions,
                                const std::vector<std::string>& words, const NameSource& source) {
  const std::string typed = words.empty() ? std::string() : words.back();
  Candidates out(typed);
  const CLI::App* app = &root;
  const CLI::Option* open = nullptr;  // an option whose value comes next
  std::size_t positionals = 0;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (open != nullptr) {
      open = nullptr;
    } else if (word.size() > 1 && word.front() == '-') {
      const CLI::Option* option = word.find('=') == std::string::npos ? FindOption(app, word) : nullptr;
      if (option != nullptr && TakesValue(*option)) open = option;
    } else if (const CLI::App* child = positionals == 0 ? Subcommand(*app, word) : nullptr) {
      app = child;
    } else {
      ++positionals;
    }
  }
  if (open != nullptr) {
    AddValues(open, completions, source, "", typed, out);
  } else if (const auto equals = typed.find('='); typed.starts_with("--") && equals != std::string::npos) {
    AddValues(FindOption(app, typed.substr(0, equals)), completions, source, typed.substr(0, equals + 1),
              std::string_view(typed).substr(equals + 1), out);
  } else if (typed.starts_with('-')) {
    AddOptions(app, out);
  } else {
    if (positionals == 0) {
      for (const CLI::App* child :
           app->get_subcommands([](const CLI::App* sub) { return !sub->get_group().empty(); })) {
        out.Add(child->get_name(), child->get_description());
      }
    }
    AddValues(Positional(*app, positionals), completions, source, "", typed, out);
  }
  return std::move(out).Take();
}

}  // namespace broker::cli
