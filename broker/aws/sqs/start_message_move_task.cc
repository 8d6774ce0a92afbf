#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/move_task.h"
#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {
namespace {

constexpr Range kRates{1, 500};  // messages a second

struct StartMessageMoveTaskAction {
  static constexpr std::string_view kName = "StartMessageMoveTask";
  struct Input {
    std::string source;
    std::optional<std::string> destination;
    std::optional<std::int64_t> rate;
  };
  struct Output {
    std::string handle;
  };

  Access Needs(const Call&, const Input& in) const { return {"sqs:StartMessageMoveTask", in.source}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const;

  const Backend& backend;
};

Refusal ToRefusal(const Error& error, Form form) {
  if (error.reason == "TASK_RUNNING") {
    return Refuse(
        SqsFault::kInvalidParameterValue,
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.");
  }
  if (error.code == ErrorCode::kNotFound) return NoSuchResource("DestinationArn");
  return ToSqsRefusal(error, form);
}

void StartMessageMoveTaskAction::Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
  auto source = ReadQueueArn(backend, *call, "SourceArn", in.source);
  if (!source.ok()) return done(std::move(source).error());
  engine::MoveRequest request{.queue = source->queue};
  if (in.rate) request.rate = static_cast<std::uint32_t>(*in.rate);
  if (in.destination) {
    auto destination = ReadQueueArn(backend, *call, "DestinationArn", *in.destination);
    if (!destination.ok()) return done(std::move(destination).error());
    if (destination->caller.name_space != source->caller.name_space) return done(NoSuchResource("DestinationArn"));
    if (destination->queue == source->queue) {
      return done(
          Refuse(SqsFault::kInvalidParameterValue, "Source queue arn and destination queue arn cannot be the same."));
    }
    const auto from = backend.engine.LookUpQueue(source->caller, source->queue);
    const auto to = backend.engine.LookUpQueue(source->caller, destination->queue);
    if (from && to && from->settings.delivery.ordered != to->settings.delivery.ordered) {
      return done(Refuse(SqsFault::kInvalidParameterValue,
                         "Source queue and destination queue must be of the same type: both FIFO, or both standard."));
    }
    request.destination = model::Target{model::ResourceKind::kQueue, std::move(destination->queue)};
  }
  backend.engine.DescribeQueue(
      source->caller, source->queue,
      [this, caller = source->caller, request = std::move(request), arn = in.source, form = call->form(),
       done = std::move(done)](const Result<engine::QueueDescription>& queue) {
        if (!queue.ok()) return done(NoSuchResource("SourceArn"));
        if (queue->dead_letter_sources.empty()) {
          return done(
              Refuse(SqsFault::kInvalidParameterValue, "Source queue must be configured as a Dead Letter Queue."));
        }
        backend.engine.Move(caller, request, [arn, form, done](const Result<engine::TaskInfo>& task) {
          if (!task.ok()) return done(ToRefusal(task.error(), form));
          done(Output{MoveTaskHandle{task->id, arn}.ToText()});
        });
      });
}

void Read(Fields& f, StartMessageMoveTaskAction::Input& in) {
  f.Required("SourceArn", in.source);
  f.Optional("DestinationArn", in.destination);
  f.Optional("MaxNumberOfMessagesPerSecond", in.rate, kRates);
}

void Write(Writer& w, const StartMessageMoveTaskAction::Output& out) {
  w.Text("TaskHandle", std::string_view(out.handle));
}

}  // namespace

std::unique_ptr<const Action> StartMessageMoveTask(const Backend& backend) {
  return MakeAction(StartMessageMoveTaskAction{backend});
}

}  // namespace broker::aws::sqs
