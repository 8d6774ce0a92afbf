// Commands that topics, queues, subscriptions and snapshots have alike: create, describe, update, purge, delete.
// `Kind` says of which, as far as the command needs it:
//
//   struct QueueKind {
//     static constexpr std::string_view kName = "queue";
//     static constexpr Names kNames = Names::kQueues;
//     using Flags = QueueFlags;                                     // settings of create and update
//     using Stub = v1::Queues::Stub;
//     using CreateRequest = v1::CreateQueueRequest;                 // and Get..., Update..., Delete..., Purge...
//     template <class Message> static auto& In(Message& message);   // the queue in a request or a description
//     static Value Show(const v1::Queue&);                          // and of a description
//   };
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {

using Examples = std::vector<std::string>;

template <class Kind>
class CreateCommand final : public Command {
 public:
  CreateCommand(Declaration& declare, const Examples& examples) {
    declare.Positional("NAME", name_, fmt::format("Of the new {}", Kind::kName), Names::kNone);
    flags_.Declare(declare, false);
    for (const std::string& example : examples) declare.Example(example);
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    typename Kind::CreateRequest request;
    Kind::In(request).set_name(WithoutKind(Kind::kName, name_));
    std::vector<std::string> mask;
    if (const Status status = flags_.Apply({}, Kind::In(request), mask); !status.ok()) {
      return session.Fail(status.error());
    }
    const auto created = (*client)->Call(&Kind::Stub::Create, request);
    if (!created.ok()) return session.Fail(created.error());
    session.Say(fmt::format("created {} {}", Kind::kName, created->name()));
    session.ShowIfAsked(View::Thing(Kind::Show(*created)));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  typename Kind::Flags flags_;
};

template <class Kind>
class DescribeCommand final : public Command {
 public:
  explicit DescribeCommand(Declaration& declare, const Examples& examples = {}) {
    declare.Positional("NAME", name_, fmt::format("Of the {}", Kind::kName), Kind::kNames);
    watch_.Declare(declare);
    for (const std::string& example : examples) declare.Example(example);
  }
  ExitCode Run(Session& session) override {
    const auto every = watch_.Every();
    if (!every.ok()) return session.Fail(every.error());
    return session.ShowRepeatedly(*every, [&]() -> Result<View> {
      auto client = session.Connect();
      if (!client.ok()) return client.error();
      typename Kind::GetRequest request;
      request.set_name(WithoutKind(Kind::kName, name_));
      const auto description = (*client)->Call(&Kind::Stub::Get, request);
      if (!description.ok()) return description.error();
      return View::Thing(Kind::Show(*description));
    });
  }

 private:
  std::string name_;
  WatchFlag watch_;
};

template <class Kind>
class UpdateCommand final : public Command {
 public:
  UpdateCommand(Declaration& declare, const Examples& examples) {
    declare.Positional("NAME", name_, fmt::format("Of the {}", Kind::kName), Kind::kNames);
    flags_.Declare(declare, true);
    for (const std::string& example : examples) declare.Example(example);
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    typename Kind::UpdateRequest request;
    auto& wanted = Kind::In(request);
    wanted.set_name(WithoutKind(Kind::kName, name_));
    auto present = Present(**client, wanted.name());
    if (!present.ok()) return session.Fail(present.error());
    std::vector<std::string> mask;
    if (const Status status = flags_.Apply(*present, wanted, mask); !status.ok()) return session.Fail(status.error());
    if (mask.empty()) return session.Fail(NothingToChange());
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    const auto updated = (*client)->Call(&Kind::Stub::Update, request);
    if (!updated.ok()) return session.Fail(updated.error());
    session.Say(fmt::format("updated {} {}", Kind::kName, updated->name()));
    session.ShowIfAsked(View::Thing(Kind::Show(*updated)));
    return ExitCode::kOk;
  }

 private:
  // As it is, if the flags ask for that; else empty.
  Result<typename Kind::Thing> Present(Client& client, const std::string& name) const {
    if (!flags_.NeedsPresent()) return typename Kind::Thing();
    typename Kind::GetRequest request;
    request.set_name(name);
    auto now = client.Call(&Kind::Stub::Get, request);
    if (!now.ok()) return now.error();
    return std::move(Kind::In(*now));
  }

  std::string name_;
  typename Kind::Flags flags_;
};

template <class Kind>
class PurgeCommand final : public Command {
 public:
  explicit PurgeCommand(Declaration& declare) {
    declare.Positional("NAME", name_, fmt::format("Of the {}", Kind::kName), Kind::kPurgeable);
    flags_.DeclareYes(declare);
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    typename Kind::PurgeRequest request;
    request.set_name(WithoutKind(Kind::kName, name_));
    const std::string question =
        fmt::format("Drop every message of {} {} in {}?", Kind::kName, request.name(), (*client)->Where());
    if (!session.Confirmed(question, flags_.yes)) return ExitCode::kNotConfirmed;
    const auto purged = (*client)->Call(&Kind::Stub::Purge, request);
    if (!purged.ok()) return session.Fail(purged.error());
    session.Say(fmt::format("purged {} {}: {} message(s)", Kind::kName, request.name(), purged->messages()));
    session.ShowIfAsked(
        View::Thing(Value::MakeObject().Set("name", request.name()).Set("messages", purged->messages())));
    return ExitCode::kOk;
  }

 private:
  std::string name_;
  DeleteFlags flags_;
};

template <class Kind>
class DeleteCommand final : public Command {
  static constexpr bool kForced = requires(typename Kind::DeleteRequest request) { request.set_force(true); };

 public:
  // `goes_too`: the end of the question that is asked. `force`: when --force helps, if it ever does.
  explicit DeleteCommand(Declaration& declare, std::string goes_too, const std::string& force = {})
      : goes_too_(std::move(goes_too)) {
    declare.Positional("NAME", name_, fmt::format("Of the {}", Kind::kName), Kind::kNames);
    flags_.DeclareYes(declare);
    if (kForced) flags_.DeclareForce(declare, force);
  }
  ExitCode Run(Session& session) override {
    auto client = session.Connect();
    if (!client.ok()) return session.Fail(client.error());
    typename Kind::DeleteRequest request;
    request.set_name(WithoutKind(Kind::kName, name_));
    if constexpr (kForced) request.set_force(flags_.force);
    const std::string question =
        fmt::format("Delete {} {} in {}{}", Kind::kName, request.name(), (*client)->Where(), goes_too_);
    if (!session.Confirmed(question, flags_.yes)) return ExitCode::kNotConfirmed;
    const auto gone = (*client)->Call(&Kind::Stub::Delete, request);
    if (!gone.ok()) return kForced ? flags_.Fail(session, gone.error()) : session.Fail(gone.error());
    session.Say(fmt::format("deleted {} {}", Kind::kName, request.name()));
    return ExitCode::kOk;
  }

 private:
  const std::string goes_too_;
  std::string name_;
  DeleteFlags flags_;
};

}  // namespace broker::cli
