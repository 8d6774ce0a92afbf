#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class DeadLetterShow final : public Command {
 public:
  explicit DeadLetterShow(Declaration& declare) {
    declare.Positional("QUEUE", queue_, "The dead-letter queue", Names::kQueues);
    declare.Number("--max", max_, 1, kMaxLines, "At most so many; default: 100");
    watch_.Declare(declare);
    declare.Example("brokerctl dlq show billing-dlq -o json");
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      auto rows = Rows(**client);
      if (!rows.ok()) return rows.error();
      return View::List("messages", *std::move(rows),
                        {{"ID", "id"},
                         {"SOURCE", "source"},
                         {"ATTEMPTS", "attempts"},
                         {"REASON", "reason"},
                         {"SINCE", "dead_letter_time"},
                         {"STATE", "state"},
                         {"BODY", "body|body_base64"}},
                        "id");
    });
  }

 private:
  Result<Value> Rows(Client& client) const {
    Value rows = Value::MakeArray();
    v1::ListDeadLettersRequest request;
    request.set_queue(WithoutKind("queue", queue_));
    do {
      const auto have = static_cast<std::uint32_t>(rows.array()->size());
      request.set_page_size(std::clamp<std::uint32_t>(max_ - have, 1, 1'000));
      const auto page = client.Call(&v1::DeadLetters::Stub::List, request);
      if (!page.ok()) return page.error();
      for (const v1::DeadLetter& letter : page->dead_letters()) {
        if (rows.array()->size() < max_) rows.Append(DeadLetterValue(letter));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty() && rows.array()->size() < max_);
    return rows;
  }

  std::string queue_;
  std::uint32_t max_ = 100;
  WatchFlag watch_;
};

}  // namespace

void AddDeadLetterCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "dlq", "Dead letters: messages that failed too often");
  commands.Add<DeadLetterShow>(group, "show", "Show dead letters with their story; nothing is touched");
  AddRedriveCommand(*group, commands);
}

}  // namespace broker::cli
