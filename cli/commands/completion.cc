#include "cli/completion.h"

#include <ostream>

#include "cli/commands/commands.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class PrintScript final : public Command {
 public:
  explicit PrintScript(Declaration& declare) {
    declare.Choice("SHELL", shell_, {"bash", "zsh", "fish"}, "Which shell")->required();
    declare.Example("source <(brokerctl completion bash)");
    declare.Example("brokerctl completion fish > ~/.config/fish/completions/brokerctl.fish");
  }
  ExitCode Run(Session& session) override {
    session.terminal().Out() << CompletionScript(shell_).value_or("") << std::flush;
    return ExitCode::kOk;
  }

 private:
  std::string shell_;
};

}  // namespace

void AddCompletionCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<PrintScript>(&root, "completion", "Print the completion script of a shell");
}

}  // namespace broker::cli
