#include <fmt/format.h>

#include "broker/base/duration.h"
#include "cli/commands/broker_time.h"
#include "cli/commands/commands.h"
#include "cli/commands/listing.h"
#include "cli/commands/setting_flags.h"
#include "cli/commands/shared_flags.h"
#include "cli/commands/thing_commands.h"
#include "cli/session.h"

namespace broker::cli {
namespace {

class SnapshotCreate final : public Command {
 public:
  explicit SnapshotCreate(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the new snapshot", Names::kNone);
    declare
        .Option("--subscription", subscription_, "The pull subscription to remember", "NAME",
                {Names::kPullSubscriptions, {}})
        ->required();
    declare.Duration("--for", life_, "How long it is kept: up to 31d; default: 7d");
    labels_.Declare(declare, false);
    declare.Example("brokerctl snapshot create before-the-release --subscription audit --for 1d");
  }
  ExitCode Run(Session& session) override {
    v1::CreateSnapshotRequest request;
    request.mutable_snapshot()->set_name(name_);
    request.mutable_snapshot()->set_subscription(WithoutKind("subscription", subscription_));
    if (life_) *request.mutable_life() = ToProto(*life_);
    std::vector<std::string> mask;
    if (const Status status = labels_.Apply({}, *request.mutable_snapshot()->mutable_labels(), mask); !status.ok()) {
      return session.Fail(status.error());
    }
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    const auto snapshot = (*client)->Call(&v1::Snapshots::Stub::Create, request);
    if (!snapshot.ok()) return session.Fail(snapshot.error());
    session.Say(fmt::format("created snapshot {} of subscription {}", snapshot->name(), snapshot->subscription()));
    session.ShowIfAsked(View::Thing(SnapshotValue(*snapshot)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  std::string subscription_;
  std::optional<Nanos> life_;
  LabelFlags labels_;
};

struct SnapshotKind {
  static constexpr std::string_view kName = "snapshot";
  static constexpr Names kNames = Names::kSnapshots;
  using Stub = v1::Snapshots::Stub;
  using GetRequest = v1::GetSnapshotRequest;
  using DeleteRequest = v1::DeleteSnapshotRequest;
  static Value Show(const v1::Snapshot& snapshot) { return SnapshotValue(snapshot); }
};

class SnapshotList final : public Command {
 public:
  explicit SnapshotList(Declaration& declare) { flags_.Declare(declare); }
  ExitCode Run(Session& session) override {
    return ShowList(session, flags_, [&](Client& client) -> Result<View> {
      auto pages = ListAll<v1::ListSnapshotsRequest>(client, &v1::Snapshots::Stub::List, flags_.prefix());
      if (!pages.ok()) return pages.error();
      Value rows = Value::MakeArray();
      for (const auto& page : *pages) {
        for (const v1::Snapshot& snapshot : page.snapshots()) rows.Append(SnapshotValue(snapshot));
      }
      return View::List("snapshots", std::move(rows),
                        {{"NAME", "name"},
                         {"SUBSCRIPTION", "subscription"},
                         {"TOPIC", "topic"},
                         {"CREATED", "create_time"},
                         {"EXPIRES", "expire_time"},
                         {"LABELS", "labels"}});
    });
  }

 private:
  ListFlags flags_;
};

class SnapshotUpdate final : public Command {
 public:
  explicit SnapshotUpdate(Declaration& declare) {
    declare.Positional("NAME", name_, "Of the snapshot", Names::kSnapshots);
    declare.Duration("--for", life_, "How long it is kept from now on: up to 31d");
    labels_.Declare(declare, true);
    declare.Example("brokerctl snapshot update before-the-release --for 14d");
  }
  ExitCode Run(Session& session) override {
    if (!life_ && !labels_.given()) return session.Fail(NothingToChange());
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    v1::UpdateSnapshotRequest request;
    v1::Snapshot& wanted = *request.mutable_snapshot();
    wanted.set_name(name_);
    std::vector<std::string> mask;
    if (life_) {
      const auto now = BrokerNow(**client);
      if (!now.ok()) return session.Fail(now.error());
      const auto expiry = Moved("--for", FormatDuration(*life_), *now, *life_);
      if (!expiry.ok()) return session.Fail(expiry.error());
      *wanted.mutable_expire_time() = ToProto(*expiry);
      mask.push_back("expire_time");
    }
    if (labels_.given()) {
      v1::GetSnapshotRequest get;
      get.set_name(name_);
      const auto present = (*client)->Call(&v1::Snapshots::Stub::Get, get);
      if (!present.ok()) return session.Fail(present.error());
      const Status status = labels_.Apply(present->labels(), *wanted.mutable_labels(), mask);
      if (!status.ok()) return session.Fail(status.error());
    }
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    const auto snapshot = (*client)->Call(&v1::Snapshots::Stub::Update, request);
    if (!snapshot.ok()) return session.Fail(snapshot.error());
    session.Say(fmt::format("updated snapshot {}", snapshot->name()));
    session.ShowIfAsked(View::Thing(SnapshotValue(*snapshot)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  std::optional<Nanos> life_;
  LabelFlags labels_;
};

}  // namespace

void AddSnapshotCommands(CLI::App& root, CommandSet& commands) {
  CLI::App* group = commands.AddGroup(&root, "snapshot", "Snapshots: where a pull subscription stood, to seek back to");
  commands.Add<SnapshotCreate>(group, "create", "Remember where a subscription stands");
  commands.Add<DescribeCommand<SnapshotKind>>(group, "describe", "Show one snapshot");
  commands.Add<SnapshotList>(group, "list", "List snapshots by name");
  commands.Add<SnapshotUpdate>(group, "update", "Keep it longer or shorter, label it");
  commands.Add<DeleteCommand<SnapshotKind>>(group, "delete", "Delete a snapshot", ", with what only it keeps?");
}

}  // namespace broker::cli
