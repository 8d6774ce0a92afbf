#include "cli/commands/peeking.h"

#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

v1::MessageState StateOf(const std::string& word) {
  if (word == "leased") return v1::LEASED;
  if (word == "retrying") return v1::RETRYING;
  if (word == "delayed") return v1::DELAYED;
  return v1::READY;
}

class Peek final : public Command {
 public:
  explicit Peek(Declaration& declare) {
    declare.Positional("SOURCE", source_, "A queue or a pull subscription; for delayed also a topic", Names::kSources);
    declare.Choice("STATE", state_, {"ready", "leased", "retrying", "delayed"}, "Which messages; default: ready");
    declare.Number("--max", max_, 1, kMaxLines, "At most so many; default: 10");
    declare.Example("brokerctl peek billing retrying --max 100");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    auto rows = PeekRows(**client, source_, StateOf(state_), max_);
    if (!rows.ok()) return session.Fail(rows.error());
    session.Show(View::List("messages", *std::move(rows),
                            {{"ID", "id"},
                             {"ATTEMPTS", "attempts"},
                             {"UNTIL", "until"},
                             {"LAST REASON", "last_reason"},
                             {"ATTRIBUTES", "attributes"},
                             {"BODY", "body|body_base64"}},
                            "id"));
    return ExitCode::kOk;
  }

 private:
  std::string source_;
  std::string state_;
  std::uint32_t max_ = 10;
};

}  // namespace

void AddPeekCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<Peek>(&root, "peek", "Look at messages without touching them");
}

}  // namespace broker::cli
