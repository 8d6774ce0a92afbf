#include "cli/commands/commands.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class Consumers final : public Command {
 public:
  explicit Consumers(Declaration& declare) {
    declare.Positional("SOURCE", source_, "A queue or a pull subscription", Names::kSources);
    watch_.Declare(declare);
    declare.Example("brokerctl consumers billing --watch");
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      v1::ListConsumersRequest request;
      request.set_source(source_);
      const auto answer = (*client)->Call(&v1::Messages::Stub::ListConsumers, request);
      if (!answer.ok()) return answer.error();
      Value rows = Value::MakeArray();
      for (const v1::Consumer& consumer : answer->consumers()) rows.Append(ConsumerValue(consumer));
      return View::List("consumers", std::move(rows),
                        {{"NAME", "name"},
                         {"PEER", "peer"},
                         {"WAITING", "waiting"},
                         {"LEASED", "leased"},
                         {"OLDEST LEASE", "oldest_lease_time"},
                         {"LAST SEEN", "last_seen_time"}});
    });
  }

 private:
  std::string source_;
  WatchFlag watch_;
};

}  // namespace

void AddConsumersCommand(CLI::App& root, CommandSet& commands) {
  commands.Add<Consumers>(&root, "consumers", "Who receives from a queue or subscription, and what each holds");
}

}  // namespace broker::cli
