// Replay as a durable task: what a topic has kept from one time to another, given to a queue once more, as an alias each.
// It has a cursor of its own in the topic, which moves in the group that appends the aliases; so one that resumes after a
// restart leaves nothing out and gives nothing twice. The cursor lives under the topic's retention: what expires before
// its turn is left out, and noted.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/duration.h"
#include "broker/engine/core.h"
#include "broker/engine/keeping.h"
#include "broker/engine/place.h"
#include "broker/model/limits.h"

namespace broker::engine {
namespace {

Status CheckReplay(const ReplayRequest& request) {
  if (request.delivery_format.size() > model::kMaxDeliveryFormatBytes) {
    return InvalidField("delivery_format", fmt::format("{} bytes; at most {}", request.delivery_format.size(),
                                                       model::kMaxDeliveryFormatBytes));
  }
  if (request.to && *request.to <= request.from) {
    return InvalidField("to", fmt::format("{} is not after `from`, {}", FormatTime(*request.to), FormatTime(request.from)));
  }
  if (request.rate && (*request.rate < 1 || *request.rate > model::kMaxTaskRate)) {
    return InvalidField("rate",
                        fmt::format("{} messages a second is outside 1 to {}", *request.rate, model::kMaxTaskRate));
  }
  return {};
}

}  // namespace

void Engine::Core::Replay(const Caller& caller, const ReplayRequest& request, Done<TaskInfo> done) {
  const auto refuse = [&](const Error& error) { Answer(std::move(done), Result<TaskInfo>(error)); };
  if (const Status status = CheckReplay(request); !status.ok()) return refuse(status.error());
  auto topic = catalog_.FindTopic(caller, request.topic);
  if (!topic.ok()) return refuse(topic.error());
  if (auto queue = catalog_.FindQueue(caller, request.queue); !queue.ok()) return refuse(queue.error());
  if (const Status status = room_.Check(); !status.ok()) return refuse(status.error());
  if ((*topic)->settings.retention == Nanos{0}) {
    return refuse(Error(ErrorCode::kFailedPrecondition, "TOPIC_RETENTION_OFF",
                        fmt::format("topic \"{}\" keeps nothing for a replay: its retention is off", request.topic),
                        "topic/" + request.topic));
  }
  const MessageLog& log = *(*topic)->log;
  const Place end{log.next_sequence, log.totals, true};
  const auto at_least = [](Time time) { return std::max(time, Time(Nanos{1})); };
  FindTime(log, at_least(request.from), [this, caller, request, done, end, at_least,
                                          id = log.id](const Result<Place>& from) {
    if (!from.ok()) return Answer(done, Result<TaskInfo>(from.error()));
    const MessageLog* found = logs_.Find(id.value());
    if (!request.to || found == nullptr) return StartReplay(caller, request, id, *from, end, done);
    FindTime(*found, at_least(*request.to), [this, caller, request, done, from = *from, end, id](const Result<Place>& to) {
      if (!to.ok()) return Answer(done, Result<TaskInfo>(to.error()));
      StartReplay(caller, request, id, from, to->sequence < end.sequence ? *to : end, done);
    });
  });
}

void Engine::Core::StartReplay(const Caller& caller, const ReplayRequest& request, model::LogId id, const Place& from,
                               const Place& to, Done<TaskInfo> done) {
  const auto refuse = [&](const Error& error) { Answer(std::move(done), Result<TaskInfo>(error)); };
  auto topic = catalog_.FindTopic(caller, request.topic);
  if (!topic.ok()) return refuse(topic.error());
  auto queue = catalog_.FindQueue(caller, request.queue);
  if (!queue.ok()) return refuse(queue.error());
  MessageLog& log = *(*topic)->log;
  Place start = from;
  const auto kept = log.retention > Nanos{0} ? RetainedFrom(log, clock_.expiry_now()) : std::nullopt;
  if (kept && kept->sequence > start.sequence) start = {kept->sequence, kept->below, false};
  // Made anew, switched off or reclaimed while the places were looked for.
  if (log.id != id || log.retention == Nanos{0} || StoredFrom(log) > start.sequence) {
    return Replay(caller, request, std::move(done));
  }

  if (const Status status = tasks_.CheckQuota(caller); !status.ok()) return refuse(status.error());
  Task task;
  task.info.kind = kReplayTask;
  task.info.source = {model::ResourceKind::kTopic, request.topic};
  task.info.destination = {model::ResourceKind::kQueue, request.queue};
  if (request.filter) task.info.filter = request.filter->text();
  task.info.rate = request.rate;
  task.info.total = to.sequence > start.sequence ? to.below.messages - start.below.messages : 0;
  if (!start.exact) task.info.notes.emplace_back("the topic does not keep all that was published since `from`");
  task.next = start.sequence;
  task.end = to.sequence;
  task.end_messages = to.below.messages;
  task.destination_log = (*queue)->log->id.value();
  task.delivery_format = request.delivery_format;
  task.filter = request.filter;
  Cursor& cursor = AddCursor(log, {.retention = log.retention}, caller.name_space, task.info.source);
  cursor.use = CursorUse::kReplay;
  SetPosition(cursor, start.sequence, start.below);
  task.source_cursor = cursor.id.value();
  Answer(std::move(done), Result<TaskInfo>(tasks_.Start(caller, std::move(task), NextId()).info));
}

Step Engine::Core::StepReplay(Task& task, std::size_t most) {
  Cursor& cursor = *FindCursor(task.source_cursor);
  if (cursor.log->deleted) return {StepEnd::kFailed, fmt::format("{} was deleted", task.info.source.ToString())};
  Queue* queue = catalog_.queues.Find(task.name_space, task.info.destination->name);
  // By its log, not its name: one made anew gets nothing.
  if (queue == nullptr || queue->log->id.value() != task.destination_log) {
    return {StepEnd::kFailed, fmt::format("{} was deleted", task.info.destination->ToString())};
  }
  const bool fed = Feed(cursor, task.end, most, task.filter.has_value(),
                        [&](const StoredRecord& record, model::MessageId target) {
                          if (!Passes(task.filter, input_.Of(record.message))) return task.NoteLeft("it does not pass the filter");
                          GiveTo(*queue, {target, {}, {}, task.delivery_format}, record);
                          ++task.info.moved;
                        });
  task.next = cursor.position;
  // The position moved past more than was looked at.
  const std::uint64_t ahead = cursor.position < task.end ? task.end_messages - cursor.below.messages : 0;
  const std::uint64_t done = task.info.moved + task.info.left;
  if (const std::uint64_t skipped = task.info.total - ahead - done; skipped > 0) {
    task.NoteLeft("it expired before its turn, or its record is damaged");
    task.info.left += skipped - 1;
  }
  if (!fed) return {StepEnd::kReading, {}};
  return {cursor.position >= task.end ? StepEnd::kDone : StepEnd::kMore, {}};
}

}  // namespace broker::engine
