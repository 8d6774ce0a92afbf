// Redrive as a durable task: each dead letter goes back to the one queue or subscription it came from, in the same group
// that settles it here and moves the task on. So a task that resumes after a restart moves nothing twice.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "broker/engine/core.h"
#include "broker/model/limits.h"

namespace broker::engine {
namespace {

constexpr std::size_t kStepMessages = 100;
constexpr std::size_t kMaxNotes = 10;
constexpr std::size_t kFinishedTasksKept = 1'000;

}  // namespace

Result<TaskInfo> Engine::Core::Redrive(const Caller& caller, const std::string& name) {
  auto found = FindQueue(caller, name);
  if (!found.ok()) return found.error();
  BROKER_RETURN_IF_ERROR(CheckRoom());
  const Queue& queue = **found;
  for (const auto& [id, other] : tasks_) {
    if (other.source_cursor == queue.cursor->id.value() && other.info.state == TaskState::kRunning) {
      return Error(ErrorCode::kFailedPrecondition, "TASK_RUNNING",
                   fmt::format("task {} is already redriving queue \"{}\"; wait for it", id, name), fmt::format("task/{}", id));
    }
  }
  DropFinishedTasks();
  Task task;
  task.info.id = model::TaskId(NextId());
  task.info.kind = "redrive";
  task.info.source = queue.cursor->owner;
  task.info.started = now_;
  task.name_space = caller.name_space;
  task.source_cursor = queue.cursor->id.value();
  task.end = queue.log->next_sequence;
  StoreTask(task);
  const std::uint64_t id = task.info.id.value();
  timers_.Set({TimerKind::kTask, id}, now_);
  return tasks_.emplace(id, std::move(task)).first->second.info;
}

// The oldest go when there are too many.
void Engine::Core::DropFinishedTasks() {
  while (tasks_.size() >= kFinishedTasksKept) {
    const auto oldest = std::find_if(tasks_.begin(), tasks_.end(),
                                     [](const auto& item) { return item.second.info.state != TaskState::kRunning; });
    if (oldest == tasks_.end()) break;
    DropTask(oldest->first);
  }
}

Result<TaskInfo> Engine::Core::GetTask(const Caller& caller, model::TaskId id) {
  const auto task = tasks_.find(id.value());
  if (task == tasks_.end() || task->second.name_space != caller.name_space) {
    return Error(ErrorCode::kNotFound, "TASK_NOT_FOUND",
                 fmt::format("there is no task {} in namespace \"{}\"", id.value(), caller.name_space),
                 fmt::format("task/{}", id.value()));
  }
  return task->second.info;
}

// Newest first, which is by descending id. A page token is the last id of the page before.
Result<ListPage<TaskInfo>> Engine::Core::ListTasks(const Caller& caller, const ListRequest& request) {
  if (request.page_size < 1 || request.page_size > model::kMaxListPage) {
    return InvalidField("page_size", fmt::format("{} is outside 1 to {}", request.page_size, model::kMaxListPage));
  }
  auto end = tasks_.end();
  if (!request.page_token.empty()) {
    std::uint64_t before = 0;
    const char* last = request.page_token.data() + request.page_token.size();
    const auto parsed = std::from_chars(request.page_token.data(), last, before);
    if (parsed.ec != std::errc() || parsed.ptr != last) {
      return InvalidField("page_token",
                          fmt::format("\"{}\" is not one that a page gave", request.page_token.substr(0, 64)));
    }
    end = tasks_.lower_bound(before);
  }
  ListPage<TaskInfo> page;
  for (auto it = std::make_reverse_iterator(end); it != tasks_.rend(); ++it) {
    const Task& task = it->second;
    if (task.name_space != caller.name_space) continue;
    if (task.info.kind.compare(0, request.prefix.size(), request.prefix) != 0) continue;
    if (page.items.size() == request.page_size) {
      page.next_page_token = fmt::format("{}", page.items.back().id.value());
      break;
    }
    page.items.push_back(task.info);
  }
  return page;
}

void Engine::Core::RunTask(Task& task) {
  if (task.info.state != TaskState::kRunning || task.reading) return;
  if (task.info.kind == kReplayTask) return RunReplay(task);
  const Cursor* cursor = FindCursor(task.source_cursor);
  if (cursor == nullptr) return FinishTask(task, TaskState::kFailed, "its queue was deleted");
  if (storage_full_) return FinishTask(task, TaskState::kFailed, *storage_full_);
  Queue* queue = queues_.Find(cursor->name_space, cursor->owner.name);
  StepTask(task, *queue);
}

// Up to kStepMessages messages from `next` on: below the position the waiting outstanding ones, above it the unread.
void Engine::Core::StepTask(Task& task, Queue& queue) {
  Cursor& cursor = *queue.cursor;
  std::vector<std::uint64_t> missing;
  std::uint64_t run_from = 0;
  std::size_t steps = 0;
  while (steps < kStepMessages) {
    if (task.next < cursor.position) {
      task.next = cursor.outstanding.NextFrom(task.next).value_or(cursor.position);
    }
    if (task.next >= task.end) break;
    const std::uint64_t sequence = task.next;
    const bool unread = sequence >= cursor.position;
    const Entry* entry = cursor.outstanding.Find(sequence);
    if (entry != nullptr && (entry->leased || entry->dying)) {
      NoteLeft(task, "being received by somebody");
      task.next = sequence + 1;
      ++steps;
      continue;
    }
    RecordPtr record = Loaded(cursor, sequence);
    if (const auto loaded = task.loaded.find(sequence); loaded != task.loaded.end()) record = loaded->second;
    if (record == nullptr || (record->message == nullptr && !record->damaged)) {
      // Nothing was changed for this one yet; the step goes on when it is read.
      if (unread) {
        run_from = sequence;
      } else {
        for (auto at = std::optional(sequence); at && *at < task.end && missing.size() < kStepMessages;
             at = cursor.outstanding.NextFrom(*at + 1)) {
          missing.push_back(*at);
        }
      }
      break;
    }
    if (unread && !record->held && cursor.outstanding.size() >= model::kMaxOutstanding) {
      return FinishTask(task, TaskState::kFailed, "too many messages of the queue are outstanding");
    }
    // What an ordered queue's delay holds back stays unread, and so does all behind it.
    const bool held_back = cursor.log->ordered && record->append_time + cursor.log->delay > now_;
    if (unread && (held_back || sequence != cursor.position)) {
      if (!record->held) NoteLeft(task, "held back by the queue's delay");
      task.next = sequence + 1;
      ++steps;
      continue;
    }
    const bool expired = IsExpired(record->expires);
    const bool moved = !record->held && !record->damaged && !expired && MoveBack(task, *record);
    if (unread) {
      StepOver(cursor, *record, !moved && !record->held && !expired);
    } else if (moved || expired) {
      RemoveOutstanding(cursor, sequence);
    }
    if (moved) ++task.info.moved;
    task.next = sequence + 1;
    ++steps;
  }
  task.loaded.clear();
  Wake(cursor);
  if (!missing.empty() || run_from != 0) {
    task.reading = true;
    ReadRequest request{cursor.log->id, std::move(missing)};
    if (run_from != 0) {
      request.run_from = run_from;
      request.run_to = std::min(task.end, cursor.log->next_sequence);
      request.run_max_records = kStepMessages;
    }
    const std::uint64_t id = task.info.id.value();
    Offload<ReadOutcome>([&kv = deps_.kv, request] { return ReadRecords(kv, request); },
                         [this, id, request](ReadOutcome outcome) {
                           const auto found = tasks_.find(id);
                           if (found == tasks_.end()) return;
                           Task& reader = found->second;
                           reader.reading = false;
                           for (RecordPtr& record : outcome.records) reader.loaded[record->sequence] = std::move(record);
                           // What cannot be read is left where it is.
                           std::vector<std::uint64_t> asked = request.points;
                           if (request.run_from != 0) asked.push_back(request.run_from);
                           for (const std::uint64_t sequence : asked) {
                             if (reader.loaded.count(sequence) > 0) continue;
                             StoredRecord damaged;
                             damaged.sequence = sequence;
                             damaged.damaged = true;
                             reader.loaded[sequence] = std::make_shared<const StoredRecord>(damaged);
                           }
                           RunTask(reader);
                         });
    StoreTask(task);
    return;
  }
  if (task.next >= task.end) return FinishTask(task, TaskState::kDone, {});
  StoreTask(task);
  // The next step follows when this one is durable, so that others have a turn in between.
  journal_.After([this, id = task.info.id.value()] { timers_.Set({TimerKind::kTask, id}, now_); });
}

bool Engine::Core::MoveBack(Task& task, const StoredRecord& record) {
  if (record.message->dead_letter.empty()) {
    NoteLeft(task, "not a dead letter: it was published here");
    return false;
  }
  const model::DeadLetterEntry& story = record.message->dead_letter.back();
  Cursor* source = FindCursor(story.source_cursor.value());
  if (source == nullptr) {
    NoteLeft(task, fmt::format("{} is gone", story.source.ToString()));
    return false;
  }
  if (source->id.value() == task.source_cursor) {
    NoteLeft(task, "it failed in this very queue");
    return false;
  }
  const model::MessagePtr message = record.message;
  if (source->owner.kind == model::ResourceKind::kQueue) {
    AppendMessage(*source->log, message, std::nullopt, record.alias);
    return true;
  }
  // A topic's other subscriptions skip it: it is held in the log, and outstanding for this one alone.
  StoredRecord held;
  held.size_bytes = record.size_bytes;
  held.key_hash = KeyHash(message->content.ordering_key);
  held.message = message;
  if (record.alias != nullptr) {
    held.alias = std::make_shared<const Alias>(Alias{{}, {}, record.alias->subscription, record.alias->delivery_format});
  }
  held.held = true;
  const RecordPtr appended = Append(*source->log, std::move(held));
  PutOutstanding(*source, appended->sequence, FreshEntry(*appended));
  Wake(*source);
  return true;
}

void Engine::Core::NoteLeft(Task& task, std::string note) {
  ++task.info.left;
  auto& notes = task.info.notes;
  if (notes.size() < kMaxNotes && std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(std::move(note));
}

void Engine::Core::FinishTask(Task& task, TaskState state, std::string reason) {
  task.info.state = state;
  task.info.reason = std::move(reason);
  task.info.finished = now_;
  task.loaded.clear();
  if (task.info.kind == kReplayTask) EndReplay(task);
  StoreTask(task);
}

}  // namespace broker::engine
