#include <fmt/format.h>

#include <chrono>
#include <ostream>

#include "cli/commands/commands.h"
#include "cli/commands/settling.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class Receive final : public Command {
 public:
  explicit Receive(Declaration& declare) {
    declare.Positional("SOURCE", source_, "A queue or a pull subscription", Names::kSources);
    declare.Number("--max", max_, 1, 1'000, "At most so many messages: 1 to 1000; default: 1");
    declare.Duration("--wait", wait_, "How long to wait for the first message: up to 1h; default: 0s");
    declare.Duration("--visibility-timeout", timeout_, "Of these messages; default: the queue's own");
    declare.Flag("--ack", ack_, "Settle them once they are printed");
    declare.Option("--consumer", consumer_, "The receiver's name, for those who look; default: brokerctl", "NAME");
    declare.Option("--attempt-id", attempt_id_, "Asking again with it within 5 minutes gets the same messages", "TEXT");
    declare.Example("brokerctl receive billing --max 10 --wait 5s --ack -o json");
  }

  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::ReceiveRequest request;
    request.set_source(source_);
    request.set_max_messages(max_);
    request.set_max_bytes(kMaxBytes);
    request.set_consumer(consumer_);
    request.set_attempt_id(attempt_id_);
    if (wait_) *request.mutable_wait() = ToProto(*wait_);
    if (timeout_) *request.mutable_visibility_timeout() = ToProto(*timeout_);
    const auto answer = (*client)->Call(&v1::Messages::Stub::Receive, request, wait_.value_or(Nanos{0}));
    if (!answer.ok()) return session.Fail(answer.error());

    Value rows = Value::MakeArray();
    std::vector<std::string> receipts;
    for (const v1::Delivery& delivery : answer->deliveries()) {
      rows.Append(DeliveryValue(delivery));
      receipts.push_back(delivery.receipt());
    }
    session.Show(View::List("messages", std::move(rows),
                            {{"ID", "id"},
                             {"ATTEMPT", "attempt"},
                             {"ATTRIBUTES", "attributes"},
                             {"BODY", "body|body_base64"},
                             {"RECEIPT", "receipt"}},
                            "id"));
    if (receipts.empty()) session.Say(fmt::format("{} has nothing ready, or is paused", source_));
    if (!ack_ || receipts.empty()) return ExitCode::kOk;
    if (!session.terminal().Out()) {
      return session.Fail(
          Error(ErrorCode::kInternal, "OUTPUT_LOST",
                "standard output could not be written: nothing was acked, and the messages come again"));
    }
    return AckAll(session, **client, source_, receipts).code;
  }

 private:
  static constexpr std::uint64_t kMaxBytes = 64u << 20;  // this client takes answers of any size

  std::string source_;
  std::uint32_t max_ = 1;
  std::optional<Nanos> wait_;
  std::optional<Nanos> timeout_;
  bool ack_ = false;
  std::string consumer_ = "brokerctl";
  std::string attempt_id_;
};

}  // namespace

void AddReceiveCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<Receive>(&root, "receive", "Receive messages; until settled or timed out nobody else gets them");
}

}  // namespace broker::cli
