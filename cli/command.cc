#include "cli/command.h"

#include <fmt/format.h>

#include "broker/base/duration.h"

namespace broker::cli {

CLI::App* CommandSet::AddGroup(CLI::App* parent, const std::string& name, const std::string& description) {
  CLI::App* group = parent->add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

CLI::Option* Declaration::Completed(CLI::Option* option, Completion completion) {
  completions_[option] = std::move(completion);
  return option;
}

void Declaration::Toggle(const std::string& word, std::optional<bool>& member, const std::string& description) {
  auto* on = app_->add_flag_callback(
      "--" + word, [&member] { member = true; }, description);
  auto* off = app_->add_flag_callback(
      "--no-" + word, [&member] { member = false; }, "The opposite");
  on->excludes(off);
}

CLI::Option* Declaration::Choice(const std::string& names, std::string& member, std::vector<std::string> words,
                                 const std::string& description) {
  CLI::Option* option = app_->add_option(names, member, description)->check(CLI::IsMember(words));
  return Completed(option, {Names::kNone, std::move(words)});
}

CLI::Option* Declaration::Duration(const std::string& names, std::optional<Nanos>& member,
                                   const std::string& description) {
  const std::string shown = names.substr(names.rfind(',') + 1);
  return app_
      ->add_option_function<std::string>(
          names,
          [shown, &member](const std::string& text) {
            auto duration = ParseDuration(text);
            if (!duration.ok()) throw CLI::ValidationError(shown, duration.error().message);
            member = *duration;
          },
          description)
      ->type_name("DURATION");
}

CLI::Option* Declaration::Counted(const std::string& names, ParseFunction parse, Range range,
                                  std::function<void(std::uint64_t)> take, const std::string& description) {
  const auto read = [names, parse, range, take = std::move(take)](const std::string& text) {
    const auto number = parse(text);
    if (!number.ok()) throw CLI::ValidationError(names, number.error().message);
    if (*number < range.least || *number > range.most) {
      throw CLI::ValidationError(names, fmt::format("{} is outside {} to {}", text, range.least, range.most));
    }
    take(*number);
  };
  return app_->add_option_function<std::string>(names, read, description);
}

void Declaration::Example(const std::string& text) {
  const std::string before = app_->get_footer();
  app_->footer((before.empty() ? "Examples:\n" : before + "\n") + "  " + text);
}

}  // namespace broker::cli
