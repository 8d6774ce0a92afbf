#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/move_task.h"
#include "broker/aws/sqs/refusals.h"

namespace broker::aws::sqs {
namespace {

struct CancelMessageMoveTaskAction {
  static constexpr std::string_view kName = "CancelMessageMoveTask";
  struct Input {
    std::string handle;
  };
  struct Output {
    std::uint64_t moved = 0;
  };

  Access Needs(const Call&, const Input& in) const {
    const auto handle = MoveTaskHandle::Parse(in.handle);
    return {"sqs:CancelMessageMoveTask", handle ? handle->source_arn : "*"};
  }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    const auto handle = MoveTaskHandle::Parse(in.handle);
    if (!handle) return done(InvalidValue("TaskHandle", in.handle, "It is not one that a task was given."));
    auto source = ReadQueueArn(backend, *call, "SourceArn", handle->source_arn);
    if (!source.ok()) return done(std::move(source).error());
    backend.engine.CancelTask(
        source->caller, handle->id,
        [form = call->form(), done = std::move(done)](const Result<engine::TaskInfo>& task) {
          if (task.ok()) return done(Output{task->moved});
          switch (task.error().code) {
            case ErrorCode::kNotFound: return done(Refuse(SqsFault::kResourceNotFound, "Task does not exist."));
            case ErrorCode::kFailedPrecondition:
              return done(Refuse(SqsFault::kUnsupportedOperation, "Only active tasks can be cancelled."));
            default: return done(ToSqsRefusal(task.error(), form));
          }
        });
  }

  const Backend& backend;
};

void Read(Fields& f, CancelMessageMoveTaskAction::Input& in) { f.Required("TaskHandle", in.handle); }

void Write(Writer& w, const CancelMessageMoveTaskAction::Output& out) {
  w.Integer("ApproximateNumberOfMessagesMoved", static_cast<std::int64_t>(out.moved));
}

}  // namespace

std::unique_ptr<const Action> CancelMessageMoveTask(const Backend& backend) {
  return MakeAction(CancelMessageMoveTaskAction{backend});
}

}  // namespace broker::aws::sqs
