// What commands that start a task do with it: wait and show how far it is, then say how it ended.
#pragma once

#include "broker/v1/tasks.pb.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/session.h"

namespace broker::cli {

// --rate, --filter, --no-wait
class TaskFlags {
 public:
  void Declare(Declaration& declare);
  bool no_wait() const { return no_wait_; }

  template <class Request>
  void Apply(Request& request) const {
    if (rate_ != 0) request.set_rate(rate_);
    request.set_filter(filter_);
  }

 private:
  std::uint32_t rate_ = 0;
  std::string filter_;
  bool no_wait_ = false;
};

// Waits for the task's end if `wait`, and prints it. When the user interrupts, the task goes on in the broker.
// REQUIRES: where it waits, that the command caught interrupts before it connected
ExitCode FollowTask(Session& session, Client& client, v1::Task task, bool wait);

}  // namespace broker::cli
