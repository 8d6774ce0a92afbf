#include <fmt/format.h>

#include <chrono>

#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/message_input.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

constexpr Nanos kDefaultClaimLife = std::chrono::minutes(5);
constexpr Nanos kDefaultResultLife = std::chrono::hours(24 * 7);

class Claim final : public Command {
 public:
  explicit Claim(Declaration& declare) {
    declare.Positional("KEY", key_, "Names the work", Names::kNone);
    declare.Duration("--for", life_, "How long the claim holds: 1s to 31d; default: 5m");
    declare.Example("token=$(brokerctl idempotency claim order-12345 -o name) && charge && \\");
    declare.Example("  brokerctl idempotency complete order-12345 \"$token\" --result charged");
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::ClaimKeyRequest request;
    request.set_key(key_);
    *request.mutable_life() = ToProto(life_.value_or(kDefaultClaimLife));
    const auto record = (*client)->Call(&v1::Idempotency::Stub::Claim, request);
    if (!record.ok()) return session.Fail(record.error());
    session.Show(View::Thing(IdempotencyValue(key_, *record), "token"));
    if (record->state() == v1::IdempotencyRecord::NEW) return ExitCode::kOk;
    session.Say(record->state() == v1::IdempotencyRecord::DONE
                    ? fmt::format("the work of {} is done", key_)
                    : fmt::format("another has claimed {}; try again when that claim has ended", key_));
    return ExitCode::kAlreadyExists;
  }

 private:
  std::string key_;
  std::optional<Nanos> life_;
};

class Complete final : public Command {
 public:
  explicit Complete(Declaration& declare) {
    declare.Positional("KEY", key_, "Names the work", Names::kNone);
    declare.Positional("TOKEN", token_, "As claim answered it", Names::kNone);
    declare.Option("--result", result_, "To keep; - reads standard input, @FILE a file", "TEXT|-|@FILE");
    declare.Duration("--for", life_, "How long the result is kept: 1s to 31d; default: 7d");
  }
  ExitCode Run(Session& session) override {
    auto result = ReadBody("--result", result_, session.terminal().In());
    if (!result.ok()) return session.Fail(result.error());
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::CompleteKeyRequest request;
    request.set_key(key_);
    request.set_token(token_);
    request.set_result(*std::move(result));
    *request.mutable_life() = ToProto(life_.value_or(kDefaultResultLife));
    const auto done = (*client)->Call(&v1::Idempotency::Stub::Complete, request);
    if (!done.ok()) return session.Fail(done.error());
    session.Say(fmt::format("completed {}", key_));
    return ExitCode::kOk;
  }

 private:
  std::string key_;
  std::string token_;
  std::string result_;
  std::optional<Nanos> life_;
};

class Release final : public Command {
 public:
  explicit Release(Declaration& declare) {
    declare.Positional("KEY", key_, "Names the work", Names::kNone);
    declare.Positional("TOKEN", token_, "As claim answered it", Names::kNone);
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::ReleaseKeyRequest request;
    request.set_key(key_);
    request.set_token(token_);
    const auto done = (*client)->Call(&v1::Idempotency::Stub::Release, request);
    if (!done.ok()) return session.Fail(done.error());
    session.Say(fmt::format("released {}: the next claim of it is new", key_));
    return ExitCode::kOk;
  }

 private:
  std::string key_;
  std::string token_;
};

class Get final : public Command {
 public:
  explicit Get(Declaration& declare) { declare.Positional("KEY", key_, "Names the work", Names::kNone); }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::GetKeyRequest request;
    request.set_key(key_);
    const auto record = (*client)->Call(&v1::Idempotency::Stub::Get, request);
    if (!record.ok()) return session.Fail(record.error());
    session.Show(View::Thing(IdempotencyValue(key_, *record), "key"));
    return ExitCode::kOk;
  }

 private:
  std::string key_;
};

class Forget final : public Command {
 public:
  explicit Forget(Declaration& declare) {
    declare.Positional("KEY", key_, "Names the work", Names::kNone);
    flags_.DeclareYes(declare);
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const std::string question =
        fmt::format("Forget {} in {}? The same work can then be done again.", key_, (*client)->Where());
    if (!session.Confirmed(question, flags_.yes)) return ExitCode::kNotConfirmed;
    v1::ForgetKeyRequest request;
    request.set_key(key_);
    const auto gone = (*client)->Call(&v1::Idempotency::Stub::Forget, request);
    if (!gone.ok()) return session.Fail(gone.error());
    session.Say(fmt::format("forgot {}", key_));
    return ExitCode::kOk;
  }

 private:
  std::string key_;
  DeleteFlags flags_;
};

}  // namespace

void AddIdempotencyCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group =
      commands.AddGroup(&root, "idempotency", "Idempotency records: so that the same message twice is one work");
  commands.Add<Claim>(group, "claim", "Claim a key; exit code 4 when it is claimed or done already");
  commands.Add<Complete>(group, "complete", "The work is done: keep its result");
  commands.Add<Release>(group, "release", "The work was not done: give the claim up");
  commands.Add<Get>(group, "get", "Look without claiming");
  commands.Add<Forget>(group, "forget", "Drop what is known of a key");
}

}  // namespace broker::cli
