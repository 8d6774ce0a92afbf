// One request on its way through the engine: who asks, and what becomes of them meanwhile.
//
// Thread contract: made on a connection's thread and handed to the strand; everything but `identity` and
// `form`, which never change, is of the strand.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "broker/aws/identity.h"
#include "broker/aws/wire/fields.h"

namespace broker::aws {

// What an action does, and to what: what a policy would be asked for.
struct Access {
  std::string action;    // "sqs:SendMessage"
  std::string resource;  // an ARN; "*" where the action names none
};

class Call {
 public:
  Call(Identity identity, Form form) : identity_(std::move(identity)), form_(form) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const Identity& identity() const { return identity_; }
  Form form() const { return form_; }

  // Calls `end` when there is no more use in waiting: the client hung up, or the daemon stops; at once if that is so
  // already. The action should then answer with what it has. Not called after the answer.
  void OnEnd(std::function<void()> end);
  // Calls `lost` if the answer could not be handed over, after it was given. To who has hung up by then it is not.
  void OnLost(std::function<void()> lost) { lost_ = std::move(lost); }

  // Of the dispatcher.
  void End();
  void Answered() { end_ = nullptr; }
  bool CanBeLost() const { return lost_ != nullptr; }
  void Lost();

 private:
  const Identity identity_;
  const Form form_;
  bool ended_ = false;
  std::function<void()> end_;
  std::function<void()> lost_;
};

}  // namespace broker::aws
