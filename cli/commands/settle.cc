// ack, nack, extend
#include <fmt/format.h>

#include <istream>

#include "cli/commands/commands.h"
#include "cli/commands/settling.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

// SOURCE RECEIPT...
class Receipts {
 public:
  void Declare(Declaration& declare) {
    declare.Positional("SOURCE", source_, "The queue or pull subscription it was received from", Names::kSources);
    declare.Positional("RECEIPT", receipts_, "Of receive; - reads them from standard input, one a line", Names::kNone);
  }
  // Every receipt once. Errors: kInvalidArgument if there are none.
  Result<std::vector<std::string>> Read(Session& session) const {
    if (receipts_ != std::vector<std::string>{"-"}) return receipts_;
    std::vector<std::string> read;
    for (std::string line; std::getline(session.terminal().In(), line);) {
      if (!line.empty()) read.push_back(line);
    }
    if (read.empty()) return InvalidField("RECEIPT", "standard input holds none");
    return read;
  }
  const std::string& source() const { return source_; }

 private:
  std::string source_;
  std::vector<std::string> receipts_;
};

// With -o: what became of each receipt; -o name has those that were settled. Answers the exit code.
ExitCode Show(Session& session, Settled settled) {
  const Value::Array& all = *settled.results.array();
  if (all.empty()) return settled.code;  // the broker refused the request as a whole
  Value rows = Value::MakeArray();
  for (const Value& row : all) {
    if (session.Format() != OutputFormat::kName || row.Get("ok") == Value(true)) rows.Append(row);
  }
  session.ShowIfAsked(View::List("results", std::move(rows),
                                 {{"RECEIPT", "receipt"}, {"OK", "ok"}, {"ERROR", "error.message"}}, "receipt"));
  return settled.code;
}

class Ack final : public Command {
 public:
  explicit Ack(Declaration& declare) {
    receipts_.Declare(declare);
    declare.Example("brokerctl ack billing RECEIPT");
  }
  ExitCode Run(Session& session) override {
    const auto receipts = receipts_.Read(session);
    if (!receipts.ok()) return session.Fail(receipts.error());
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    return Show(session, AckAll(session, **client, receipts_.source(), *receipts));
  }

 private:
  Receipts receipts_;
};

class Nack final : public Command {
 public:
  explicit Nack(Declaration& declare) {
    receipts_.Declare(declare);
    declare.Option("--reason", reason_, "Why it failed; a dead letter shows the last one", "TEXT");
    declare.Duration("--backoff", backoff_, "How long until it is ready again: 0s to 12h; default: 0s");
    declare.Example("brokerctl nack billing RECEIPT --reason 'card declined' --backoff 1m");
  }
  ExitCode Run(Session& session) override {
    const auto receipts = receipts_.Read(session);
    if (!receipts.ok()) return session.Fail(receipts.error());
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const auto fill = [this](v1::NackRequest& request, const std::string& receipt) {
      v1::NackEntry& entry = *request.add_entries();
      entry.set_receipt(receipt);
      entry.set_reason(reason_);
      if (backoff_) *entry.mutable_backoff() = ToProto(*backoff_);
    };
    return Show(session,
                Settle(session, **client, receipts_.source(), *receipts, &v1::Messages::Stub::Nack, fill, "gave back"));
  }

 private:
  Receipts receipts_;
  std::string reason_;
  std::optional<Nanos> backoff_;
};

class Extend final : public Command {
 public:
  explicit Extend(Declaration& declare) {
    receipts_.Declare(declare);
    declare.Duration("--visibility-timeout,--for", timeout_, "From now: up to 12h; 0s gives it back at once")
        ->required();
    declare.Example("brokerctl extend billing RECEIPT --for 5m");
  }
  ExitCode Run(Session& session) override {
    const auto receipts = receipts_.Read(session);
    if (!receipts.ok()) return session.Fail(receipts.error());
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const auto fill = [this](v1::ExtendRequest& request, const std::string& receipt) {
      v1::ExtendEntry& entry = *request.add_entries();
      entry.set_receipt(receipt);
      *entry.mutable_visibility_timeout() = ToProto(*timeout_);
    };
    return Show(session, Settle(session, **client, receipts_.source(), *receipts, &v1::Messages::Stub::Extend, fill,
                                "extended"));
  }

 private:
  Receipts receipts_;
  std::optional<Nanos> timeout_;
};

}  // namespace

void AddSettleCommands(CLI::App& root, CommandSet& commands) {
  commands.Add<Ack>(&root, "ack", "Settle received messages: they never come back");
  commands.Add<Nack>(&root, "nack", "Give received messages back, with a reason");
  commands.Add<Extend>(&root, "extend", "Move the visibility timeout of received messages");
}

}  // namespace broker::cli
