#include "broker/aws/dispatcher.h"

#include <fmt/format.h>

#include <utility>

#include "broker/aws/render.h"
#include "broker/aws/sns_fault.h"
#include "broker/aws/sqs_fault.h"
#include "broker/aws/uuid.h"
#include "broker/aws/wire/shown.h"
#include "broker/base/check.h"

namespace broker::aws {
namespace {

Refusal ToRefusal(Service service, const FieldProblem& problem, Form form) {
  switch (service) {
    case Service::kSqs: return ToSqsRefusal(problem, form);
    case Service::kSns: return ToSnsRefusal(problem, form);
  }
  return ToSqsRefusal(problem, form);
}

// These name no queue, and at a queue's own address they are not known.
bool IsOfNoQueue(std::string_view action) { return action == "CreateQueue" || action == "ListQueues"; }

}  // namespace

// A request from its arrival to its answer. Shared by the strand's table, its connection's hang-up and its answer.
class Dispatcher::Exchange {
 public:
  Exchange(const std::shared_ptr<Call>& c, Frame f, net::Responder r)
      : call(c), frame(std::move(f)), responder(std::move(r)) {}

  const std::shared_ptr<Call> call;
  const Frame frame;
  net::Responder responder;
  // Of the connection's thread.
  bool hung_up = false;
  bool withheld = false;  // the answer, from who had hung up
};

Dispatcher::Dispatcher(Naming naming, Executor& strand, Entropy& entropy)
    : naming_(std::move(naming)), strand_(strand), entropy_(entropy) {}
Dispatcher::~Dispatcher() = default;

void Dispatcher::Add(Service service, std::unique_ptr<const Action> action) {
  const std::string_view name = action->name();
  BROKER_CHECK((service == Service::kSqs ? sqs_ : sns_).emplace(name, std::move(action)).second);
}

const Dispatcher::Table& Dispatcher::TableOf(Service service) const { return service == Service::kSqs ? sqs_ : sns_; }

void Dispatcher::Handle(net::Request request, net::Responder responder) {
  const auto only_sns_has = [this](std::string_view action) { return sns_.contains(action) && !sqs_.contains(action); };
  Asked asked = Understand(request, only_sns_has, PathOf(naming_.public_url));
  Frame frame{asked.service, asked.form, asked.action, NewUuid(entropy_)};
  auto start = Prepare(asked);
  if (!start.ok()) return responder.Send(RenderRefusal(frame, start.error()));

  auto call = std::make_shared<Call>(Identity::Of(request, asked.signature, naming_), asked.form);
  auto exchange = std::make_shared<Exchange>(call, std::move(frame), std::move(responder));
  exchange->responder.OnHangUp([this, exchange] {
    exchange->hung_up = true;
    strand_.Post([call = exchange->call] { call->End(); });
  });
  strand_.Post([this, exchange, start = *std::move(start)] { Begin(exchange, start); });
}

Result<Action::Start, Refusal> Dispatcher::Prepare(Asked& asked) const {
  if (asked.refusal) return *std::move(asked.refusal);
  const Table& table = TableOf(asked.service);
  const auto found = table.find(asked.action);
  const bool misplaced = asked.form == Form::kQuery && asked.at_queue && IsOfNoQueue(asked.action);
  if (found == table.end() || misplaced) {
    if (asked.form == Form::kJson) {
      return Refuse(CommonFault::kUnknownOperation, fmt::format("The operation {} is not known.", Shown(asked.action)));
    }
    return Refuse(CommonFault::kInvalidAction,
                  fmt::format("The action {} is not valid for this endpoint.", Shown(asked.action)));
  }
  auto start = found->second->Prepare(asked.input, asked.form);
  if (!start.ok()) return ToRefusal(asked.service, start.error(), asked.form);
  return *std::move(start);
}

void Dispatcher::Begin(const std::shared_ptr<Exchange>& exchange, const Action::Start& start) {
  if (idle_) return Finish(exchange, Refuse(CommonFault::kServiceUnavailable, "The broker is stopping."));
  open_.insert(exchange);
  start(exchange->call,
        [this, exchange](Result<Action::WriteOutput, Refusal> result) { Finish(exchange, std::move(result)); });
}

void Dispatcher::Finish(const std::shared_ptr<Exchange>& exchange, Result<Action::WriteOutput, Refusal> result) {
  exchange->call->Answered();
  exchange->responder.Send(
      [exchange, result = std::move(result), losable = exchange->call->CanBeLost()] {
        // The system takes bytes also for who has closed, so that they would count as handed over.
        exchange->withheld = losable && exchange->hung_up;
        if (exchange->withheld) {
          return RenderRefusal(exchange->frame,
                               Refuse(CommonFault::kServiceUnavailable,
                                      "The client had hung up: what it was to receive was given back."));
        }
        return result.ok() ? RenderOutput(exchange->frame, *result) : RenderRefusal(exchange->frame, result.error());
      },
      [this, exchange](bool written) {
        if (!written || exchange->withheld) strand_.Post([call = exchange->call] { call->Lost(); });
      });
  open_.erase(exchange);
  if (idle_ && open_.empty()) std::exchange(idle_, [] {})();
}

void Dispatcher::Drain(std::function<void()> idle) {
  idle_ = std::move(idle);
  for (const auto open = open_; const auto& exchange : open) exchange->call->End();
  if (open_.empty()) std::exchange(idle_, [] {})();
}

}  // namespace broker::aws
