// Moving what waits in a queue: dead letters each back to the one queue or subscription it came from (a redrive), or
// everything to another queue or topic. A message is put there, settled here, and counted, in one group.
//
// A move takes what was there when it began, and goes beyond the bounds of where it leads: moving never loses a message.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/move_checks.h"
#include "broker/model/limits.h"

namespace broker::engine {
namespace {

using model::ResourceKind;
using model::ResourceRef;

constexpr std::size_t kStepMessages = 100;      // looked at
constexpr std::uint64_t kStepBytes = 4u << 20;  // moved, and read ahead

// A copy of it that says so in its last story.
std::shared_ptr<model::Message> MovedOn(const model::Message& message, Time now) {
  auto copy = std::make_shared<model::Message>(message);
  if (!copy->dead_letter.empty()) copy->dead_letter.back().moved = now;
  return copy;
}

}  // namespace

Result<TaskInfo> Engine::Core::Move(const Caller& caller, const MoveRequest& request) {
  auto found = catalog_.FindQueue(caller, request.queue);
  if (!found.ok()) return found.error();
  const Queue& queue = **found;
  if (request.rate && (*request.rate < 1 || *request.rate > model::kMaxTaskRate)) {
    return InvalidField("rate",
                        fmt::format("{} messages a second is outside 1 to {}", *request.rate, model::kMaxTaskRate));
  }
  std::optional<ResourceRef> destination;
  std::uint64_t destination_log = 0;
  if (request.destination) {
    auto to = catalog_.FindPublishable(caller, *request.destination);
    if (!to.ok()) return to.error();
    destination_log = to->log().id.value();
    destination =
        ResourceRef{to->queue != nullptr ? ResourceKind::kQueue : ResourceKind::kTopic, request.destination->name};
  }
  BROKER_RETURN_IF_ERROR(CheckMove(catalog_, tasks_, caller, queue, destination));
  BROKER_RETURN_IF_ERROR(tasks_.CheckQuota(caller));
  if (!request.dry_run) BROKER_RETURN_IF_ERROR(room_.Check());
  const Cursor& cursor = *queue.cursor;
  Task task;
  task.info.kind = destination ? "move" : "redrive";
  task.info.source = cursor.owner;
  task.info.destination = std::move(destination);
  task.destination_log = destination_log;
  task.info.rate = request.rate;
  task.info.dry_run = request.dry_run;
  const std::uint64_t delayed = queue.log->delayed.messages;
  task.info.total = cursor.unread().messages + cursor.outstanding.size() + delayed;
  if (delayed > 0) task.NoteLeft("delayed, not due yet", delayed);
  task.filter = request.filter;
  if (request.filter) task.info.filter = request.filter->text();
  task.source_cursor = cursor.id.value();
  task.end = queue.log->next_sequence;
  return tasks_.Start(caller, std::move(task), NextId()).info;
}

// From `next` on: below the position the waiting outstanding ones, above it the unread.
Step Engine::Core::StepMove(Task& task, std::size_t most) {
  Cursor* found = FindCursor(task.source_cursor);
  if (found == nullptr) return {StepEnd::kFailed, fmt::format("{} was deleted", task.info.source.ToString())};
  Cursor& cursor = *found;
  const bool dry = task.info.dry_run;
  if (const auto& to = task.info.destination) {
    const Topic* topic = to->kind == ResourceKind::kTopic ? catalog_.topics.Find(task.name_space, to->name) : nullptr;
    const Queue* queue = to->kind == ResourceKind::kQueue ? catalog_.queues.Find(task.name_space, to->name) : nullptr;
    const MessageLog* log = topic != nullptr ? topic->log : queue != nullptr ? queue->log : nullptr;
    // By its log, not its name: one made anew gets nothing.
    if (log == nullptr || log->id.value() != task.destination_log) {
      return {StepEnd::kFailed, fmt::format("{} was deleted", to->ToString())};
    }
    if (topic != nullptr && topic->subscriptions.empty()) {
      return {StepEnd::kFailed, fmt::format("nobody subscribes to {} any more", to->ToString())};
    }
  }
  ReadRequest missing{cursor.log->id, {}};
  const std::uint64_t moved_before = task.info.moved;
  std::uint64_t bytes = 0;
  for (std::size_t looked_at = 0; looked_at < kStepMessages && bytes < kStepBytes; ++looked_at) {
    if (task.info.moved - moved_before == most) break;
    if (task.next < cursor.position) task.next = cursor.outstanding.NextFrom(task.next).value_or(cursor.position);
    if (task.next >= task.end) break;
    const std::uint64_t sequence = task.next;
    const bool unread = sequence >= cursor.position;
    const Entry* entry = cursor.outstanding.Find(sequence);
    if (entry != nullptr && (entry->leased || entry->dying)) {
      task.NoteLeft("being received by somebody");
      ++task.next;
      continue;
    }
    RecordPtr record = Loaded(cursor, sequence);
    if (const auto loaded = task.loaded.find(sequence); loaded != task.loaded.end()) record = loaded->second;
    if (record == nullptr || (record->message == nullptr && !record->damaged)) {
      // Nothing was changed for this one yet; the step goes on when it is read.
      if (unread) {
        missing.run_from = sequence;
        missing.run_to = std::min(task.end, cursor.log->next_sequence);
        missing.run_max_records = kStepMessages;
        break;
      }
      std::uint64_t read_bytes = 0;
      for (auto at = std::optional(sequence); at && *at < std::min(task.end, cursor.position);
           at = cursor.outstanding.NextFrom(*at + 1)) {
        missing.points.push_back(*at);
        read_bytes += cursor.outstanding.Find(*at)->size_bytes;
        if (missing.points.size() == kStepMessages || read_bytes >= kStepBytes) break;
      }
      break;
    }
    // What an ordered queue's delay holds back stays unread, and so does all behind it.
    const bool held_back = cursor.log->ordered && record->append_time + cursor.log->delay > now_;
    if (unread && (held_back || (!dry && sequence != cursor.position))) {
      if (!record->held) task.NoteLeft("held back by the queue's delay");
      ++task.next;
      continue;
    }
    // A record that is held for this cursor alone would be an entry.
    const bool skipped = (entry == nullptr && record->held) || IsExpired(record->expires);
    if (record->damaged) task.NoteLeft("its record on disk is damaged");
    const bool moved = !skipped && !record->damaged && MoveMessage(task, cursor, *record);
    if (!dry && unread) {
      if (!moved && !skipped && cursor.outstanding.size() >= model::kMaxOutstanding) {
        return {StepEnd::kFailed,
                fmt::format("{} messages of {} are outstanding, the most there can be: what it leaves has no "
                            "place among them; settle some and start again",
                            model::kMaxOutstanding, cursor.owner.ToString())};
      }
      StepOver(cursor, *record, !moved && !skipped);
    } else if (!dry && (moved || skipped)) {
      RemoveOutstanding(cursor, sequence);
    }
    if (moved) {
      ++task.info.moved;
      bytes += record->size_bytes;
    }
    ++task.next;
  }
  task.loaded.erase(task.loaded.begin(), task.loaded.lower_bound(task.next));
  if (!dry) Wake(cursor);
  if (!missing.points.empty() || missing.run_from != 0) {
    ReadForTask(task, std::move(missing));
    return {StepEnd::kReading, {}};
  }
  return {task.next >= task.end ? StepEnd::kDone : StepEnd::kMore, {}};
}

// Answers whether the message is (dry: would be) where it leads now.
bool Engine::Core::MoveMessage(Task& task, const Cursor& from, const StoredRecord& record) {
  if (!Passes(task.filter, input_.Of(record.message))) {
    task.NoteLeft("does not pass the filter");
    return false;
  }
  if (!task.info.destination) return MoveBack(task, record);
  const ResourceRef& to = *task.info.destination;
  Publishable target;
  if (to.kind == ResourceKind::kTopic) {
    target.topic = catalog_.topics.Find(task.name_space, to.name);
    if (!Reaches(*target.topic, *input_.Of(record.message))) {
      task.NoteLeft(fmt::format("passes no filter of those who subscribe to {}", to.ToString()));
      return false;
    }
  } else {
    target.queue = catalog_.queues.Find(task.name_space, to.name);
  }
  if (!task.info.dry_run) MoveTo(target, from, record);
  return true;
}

void Engine::Core::MoveTo(Publishable to, const Cursor& from, const StoredRecord& record) {
  const model::MessageId own = record.IdIn(from.log->id);
  const model::MessageId first = record.OriginIn(from.log->id);
  const model::MessageId origin = first != model::MessageId{} ? first : own;
  model::MessagePtr message = record.message;
  if (message->origin != origin || !message->dead_letter.empty()) {
    auto copy = MovedOn(*message, now_);
    copy->origin = origin;
    message = std::move(copy);
  }
  MessageLog& log = to.log();
  const RecordPtr appended = AppendMessage(log, std::move(message), std::nullopt, record.alias);
  if (to.topic != nullptr) FanOut(*to.topic, {log.id, model::Sequence(appended->sequence)}, *appended, Copies::kDeadLetters);
}

bool Engine::Core::MoveBack(Task& task, const StoredRecord& record) {
  if (record.message->dead_letter.empty()) {
    task.NoteHomeless("not a dead letter: it was published here");
    return false;
  }
  const model::DeadLetterEntry& story = record.message->dead_letter.back();
  Cursor* source = FindCursor(story.source_cursor.value());
  if (source == nullptr) {
    task.NoteHomeless(fmt::format("{} is gone", story.source.ToString()));
    return false;
  }
  if (source->id.value() == task.source_cursor) {
    task.NoteHomeless("it failed in this very queue");
    return false;
  }
  if (task.info.dry_run) return true;
  const model::MessagePtr message = MovedOn(*record.message, now_);
  if (source->owner.kind == ResourceKind::kQueue) {
    AppendMessage(*source->log, message, std::nullopt, record.alias);
    return true;
  }
  // A topic's other subscriptions skip it: it is held in the log, and outstanding for this one alone.
  StoredRecord held;
  held.size_bytes = record.size_bytes;
  held.key_hash = KeyHash(message->content.ordering_key);
  held.message = message;
  if (record.alias != nullptr) {
    held.alias =
        std::make_shared<const Alias>(Alias{{}, {}, record.alias->subscription, record.alias->delivery_format});
  }
  held.held = true;
  const RecordPtr appended = Append(*source->log, std::move(held));
  PutOutstanding(*source, appended->sequence, FreshEntry(*appended, now_));
  Wake(*source);
  return true;
}

}  // namespace broker::engine
