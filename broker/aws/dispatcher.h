// The face as a whole: takes a request, finds its action, runs it on the strand, and answers.
//
//   connection's thread          strand                     connection's thread
//   Handle: understand, read ──▶ Process ... Done ────────▶ write the answer out
//
// Thread contract: Add before the first request; Handle and Claims from any connection's thread; Drain on the strand.
// It outlives the server and what was posted to the strand.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_set>

#include "broker/aws/action.h"
#include "broker/aws/identity.h"
#include "broker/aws/request.h"
#include "broker/base/entropy.h"
#include "broker/base/executor.h"
#include "broker/net/server.h"

namespace broker::aws {

class Dispatcher {
 public:
  // `entropy` makes request ids and must be thread-safe.
  Dispatcher(Naming naming, Executor& strand, Entropy& entropy);
  ~Dispatcher();

  // REQUIRES: the service has none of that name yet.
  void Add(Service service, std::unique_ptr<const Action> action);

  void Handle(net::Request request, net::Responder responder);

  // New requests are refused, and calls that wait are told to end. `idle` runs when none is left, perhaps at once.
  void Drain(std::function<void()> idle);

 private:
  class Exchange;
  using Table = std::map<std::string_view, std::unique_ptr<const Action>>;  // by names that the actions own

  const Table& TableOf(Service service) const;
  // Finds the action and reads its input.
  Result<Action::Start, Refusal> Prepare(Asked& asked) const;
  void Begin(const std::shared_ptr<Exchange>& exchange, const Action::Start& start);
  void Finish(const std::shared_ptr<Exchange>& exchange, Result<Action::WriteOutput, Refusal> result);

  const Naming naming_;
  Executor& strand_;
  Entropy& entropy_;
  Table sqs_;
  Table sns_;
  std::unordered_set<std::shared_ptr<Exchange>> open_;  // of the strand
  std::function<void()> idle_;                          // of the strand; set: draining
};

}  // namespace broker::aws
