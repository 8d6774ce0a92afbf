#include <fmt/format.h>

#include <istream>

#include "cli/commands/batch_outcome.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/message_input.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

// A request closes at the first of these, and when standard input has nothing more to read yet. A larger message goes
// alone.
constexpr int kMaxBatchMessages = 500;
constexpr std::size_t kMaxBatchBytes = 4u << 20;  // of messages with all that they carry

class Publish final : public Command {
 public:
  explicit Publish(Declaration& declare) {
    declare.Positional("TARGET", target_, "A topic or a queue; topic/NAME or queue/NAME where both exist",
                       Names::kTopicsAndQueues);
    body_option_ = declare.Option("--body", body_, "The body; - reads standard input, @FILE a file", "TEXT|-|@FILE");
    declare.Option("--attribute", attributes_, "Repeatable; NAME:number=12 and NAME:bytes=BASE64 are typed",
                   "NAME=VALUE");
    declare.Option("--subject", subject_, "A title for people", "TEXT");
    declare.Option("--key", key_, "Ordering key: its messages keep their order where the receiver is ordered", "TEXT");
    auto* id =
        declare.Option("--dedup-id", deduplication_id_, "Publishing it again within 5 minutes stores nothing", "TEXT");
    declare.Duration("--delay", delay_, "How long until it is ready; default: the queue's own");
    declare.Duration("--ttl", ttl_, "How long it may be delivered, from then on; default: the queue's own");
    auto* lines = declare.Flag("--lines", lines_, "Each line of standard input is one message");
    lines->excludes(body_option_);
    lines->excludes(id);
    declare.Example(R"(brokerctl publish orders --body '{"order_id":"12345"}' --attribute kind=created)");
    declare.Example("brokerctl publish orders --body @order.json --attribute total:number=99.90 --key customer-7");
    declare.Example("tail -f events.log | brokerctl publish events --lines");
  }

  ExitCode Run(Session& session) override {
    if (!lines_ && body_option_->empty()) {
      return session.Fail(InvalidField("--body", "is missing: give a text, - for standard input, @FILE, or --lines"));
    }
    v1::PublishMessage like;
    if (const Status status = Fill(like); !status.ok()) return session.Fail(status.error());
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    if (!lines_) {
      auto body = ReadBody("--body", body_, session.terminal().In());
      if (!body.ok()) return session.Fail(body.error());
      like.set_body(*std::move(body));
      v1::PublishRequest request;
      *request.add_messages() = std::move(like);
      if (const Status status = Send(session, **client, request); !status.ok()) return session.Fail(status.error());
    } else if (const Status status = SendLines(session, **client, like); !status.ok()) {
      Report(session);  // what went before is stored
      return Worse(session.Fail(status.error()));
    }
    Report(session);
    return outcome_.Code();
  }

 private:
  Status Fill(v1::PublishMessage& message) const {
    for (const std::string& text : attributes_) {
      auto attribute = ParseAttribute(text);
      if (!attribute.ok()) return attribute.error();
      v1::Attribute& out = (*message.mutable_attributes())[attribute->name];
      if (out.value_case() != v1::Attribute::VALUE_NOT_SET) {
        return InvalidField("--attribute", fmt::format("\"{}\" is given twice", attribute->name));
      }
      switch (attribute->kind) {
        case AttributeKind::kText: out.set_text(attribute->value); break;
        case AttributeKind::kNumber: out.set_number(attribute->value); break;
        case AttributeKind::kBytes: out.set_bytes(attribute->value); break;
      }
    }
    message.set_subject(subject_);
    message.set_ordering_key(key_);
    message.set_deduplication_id(deduplication_id_);
    if (delay_) *message.mutable_delay() = ToProto(*delay_);
    if (ttl_) *message.mutable_ttl() = ToProto(*ttl_);
    return {};
  }

  Status SendLines(Session& session, Client& client, const v1::PublishMessage& like) {
    std::istream& in = session.terminal().In();
    v1::PublishRequest request;
    std::size_t bytes = 0;
    const auto send = [&]() -> Status {
      if (request.messages_size() == 0) return {};
      BROKER_RETURN_IF_ERROR(Send(session, client, request));
      request.Clear();
      bytes = 0;
      return {};
    };
    const std::size_t bytes_beside_body = like.ByteSizeLong();
    std::string line;
    while (std::getline(in, line)) {
      if (line.size() > kMaxBodyBytes) {  // no request could hold it
        BROKER_RETURN_IF_ERROR(send());
        outcome_.Failed(session, fmt::format("message {}", outcome_.count() + 1),
                        Error(ErrorCode::kInvalidArgument, "INVALID_FIELD",
                              fmt::format("a line of {} bytes; a body has at most {}", line.size(), kMaxBodyBytes)));
        continue;
      }
      const std::size_t more = bytes_beside_body + line.size();
      if (bytes + more > kMaxBatchBytes) BROKER_RETURN_IF_ERROR(send());
      bytes += more;
      v1::PublishMessage& message = *request.add_messages();
      message = like;
      message.set_body(std::move(line));
      const bool full = request.messages_size() >= kMaxBatchMessages;
      if (full || in.rdbuf()->in_avail() <= 0) BROKER_RETURN_IF_ERROR(send());
    }
    return send();
  }

  Status Send(Session& session, Client& client, v1::PublishRequest& request) {
    request.set_target(target_);
    auto answer = client.Call(&v1::Messages::Stub::Publish, request);
    if (!answer.ok()) return answer.error();
    for (const v1::PublishResult& result : answer->results()) {
      if (result.has_error()) {
        outcome_.Failed(session, fmt::format("message {}", outcome_.count() + 1), ErrorOf(result.error()));
      } else {
        outcome_.Done();
        if (result.duplicate()) ++duplicates_;
        Keep(session, result);
      }
    }
    reached_ = answer->subscriptions();
    if (reached_ == 0 && outcome_.done() > 0 && !warned_) {
      warned_ = true;
      session.Warn(fmt::format(
          "{} has no subscription that takes the message: nobody gets it, unless the topic keeps it for replays; "
          "create one with: brokerctl subscription create NAME --topic {} [--queue QUEUE]",
          target_, WithoutKind("topic", target_)));
    }
    return {};
  }

  // Lines may go on for ever: then ids are printed as they come (-o name) or only counted (the table). JSON and YAML
  // are one document, so there all are kept until the end.
  void Keep(Session& session, const v1::PublishResult& result) {
    if (lines_ && session.Format() == OutputFormat::kTable) return;
    Value row = Value::MakeObject().Set("id", result.id()).Set("duplicate", result.duplicate());
    if (lines_ && session.Format() == OutputFormat::kName) {
      session.Show(View::Thing(std::move(row), "id"));
    } else {
      stored_.Append(std::move(row));
    }
  }

  void Report(Session& session) {
    const bool told = lines_ && (session.Format() == OutputFormat::kTable || session.Format() == OutputFormat::kName);
    const bool bare = session.Format() == OutputFormat::kTable && outcome_.done() == 0;  // titles and nothing below
    if (!told && !bare) {
      View view = View::List("messages", std::move(stored_), {{"ID", "id"}, {"DUPLICATE", "duplicate"}}, "id");
      view.tree.Set("subscriptions", reached_);
      session.Show(view);
    }
    if (lines_) session.Say(fmt::format("published {} message(s)", outcome_.done()));
    if (duplicates_ > 0) {
      session.Say(
          fmt::format("{} message(s) had been published before with the same content or deduplication id: stored once",
                      duplicates_));
    }
  }
  ExitCode Worse(ExitCode code) const { return outcome_.done() > 0 ? ExitCode::kPartial : code; }

  std::string target_;
  std::string body_;
  CLI::Option* body_option_ = nullptr;
  std::vector<std::string> attributes_;
  std::string subject_;
  std::string key_;
  std::string deduplication_id_;
  std::optional<Nanos> delay_;
  std::optional<Nanos> ttl_;
  bool lines_ = false;

  BatchOutcome outcome_;
  Value stored_ = Value::MakeArray();
  std::uint32_t reached_ = 0;
  std::size_t duplicates_ = 0;
  bool warned_ = false;
};

}  // namespace

void AddPublishCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<Publish>(&root, "publish", "Publish a message to a topic or a queue");
}

}  // namespace broker::cli
