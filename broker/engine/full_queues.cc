// What happens in a full queue: the oldest go to make room, or the copy that it refuses goes to the dead letters. Whether a
// queue is full is in bounds.h.
//
// What stands at hand goes in the group of the publish. What has to be read first goes when it was, a moment later; a
// crash in between leaves it in place, and the next publish makes up for it.
#include <algorithm>
#include <utility>

#include "broker/engine/core.h"
#include "broker/model/limits.h"
#include "broker/model/validation.h"

namespace broker::engine {
namespace {

constexpr std::uint64_t kLeastRead = 16;
constexpr std::uint64_t kMostRead = 1'024;

std::string WasFull(const Cursor& cursor) {
  return model::CutText(cursor.owner.ToString() + " was full", model::kMaxReasonBytes);
}

}  // namespace

void Engine::Core::DropOldest(Queue& queue, const std::map<std::uint64_t, RecordPtr>& read) {
  Cursor& cursor = *queue.cursor;
  if (cursor.dropping || queue.settings.bounds.overflow != model::Overflow::kDropOldest) return;
  const bool keeps = cursor.settings.redrive.has_value();
  if (keeps && !homes_.Find(cursor).takes_all) return;
  while (Bounds::Exceeds(queue)) {
    const auto waiting = cursor.outstanding.NextWaiting(0);
    const std::uint64_t head = cursor.position;
    if (waiting && (*waiting < head || head == cursor.log->next_sequence)) {
      DropWaiting(cursor, *waiting);
      continue;
    }
    // The newest is what the others go for.
    if (head + 1 >= cursor.log->next_sequence) return;
    if (keeps && cursor.outstanding.size() >= model::kMaxOutstanding) return;
    RecordPtr record = Loaded(cursor, head);
    if (const auto found = read.find(head); found != read.end()) record = found->second;
    if (record == nullptr) return ReadToDrop(queue);
    DropUnread(cursor, *record);
  }
}

void Engine::Core::DropWaiting(Cursor& cursor, std::uint64_t sequence) {
  journal_.RequireSync();
  if (!cursor.settings.redrive) {
    RemoveOutstanding(cursor, sequence);
    return;
  }
  Entry entry = *cursor.outstanding.Find(sequence);
  entry.reason = std::make_shared<const std::string>(WasFull(cursor));
  PutOutstanding(cursor, sequence, std::move(entry));
  // Those that are being read already go first.
  cursor.outstanding.dying().messages > 0 ? ReadAndDeadLetter(cursor, sequence) : DeadLetter(cursor, sequence);
}

void Engine::Core::DropUnread(Cursor& cursor, const StoredRecord& record) {
  journal_.RequireSync();
  const bool keeps = cursor.settings.redrive && !IsExpired(record.expires);
  StepOver(cursor, record, record.damaged || (keeps && !record.held));
  if (!keeps || record.held || record.damaged) return;
  Entry entry = *cursor.outstanding.Find(record.sequence);
  entry.reason = std::make_shared<const std::string>(WasFull(cursor));
  PutOutstanding(cursor, record.sequence, std::move(entry));
  if (record.message == nullptr || cursor.outstanding.dying().messages > 0) {
    ReadAndDeadLetter(cursor, record.sequence);
  } else {
    MoveToDeadLetter(cursor, record.sequence, record);
  }
}

void Engine::Core::ReadToDrop(Queue& queue) {
  Cursor& cursor = *queue.cursor;
  const MessageLog& log = *cursor.log;
  const std::uint64_t held = Bounds::Held(queue).messages;
  const std::uint64_t most = queue.settings.bounds.max_messages == 0 ? held : queue.settings.bounds.max_messages;
  ReadRequest request{log.id, {}};
  request.run_from = cursor.position;
  request.run_to = log.tail.empty() ? log.next_sequence : std::max(cursor.position + 1, log.tail.front()->sequence);
  request.run_max_records = std::clamp(held - std::min(held, most), kLeastRead, kMostRead);
  cursor.dropping = true;
  const std::uint64_t id = cursor.id.value();
  Offload<ReadOutcome>([&kv = deps_.kv, request] { return ReadRecords(kv, request); },
                       [this, id, request](const ReadOutcome& outcome) {
                         Cursor* owner = FindCursor(id);
                         if (owner == nullptr) return;
                         Queue* reader = catalog_.queues.Find(owner->name_space, owner->owner.name);
                         BROKER_CHECK(reader != nullptr);
                         owner->dropping = false;
                         std::map<std::uint64_t, RecordPtr> loaded;
                         for (const RecordPtr& record : outcome.records) loaded[record->sequence] = record;
                         // What should be there and is not must not be asked for over and over.
                         if (loaded.count(request.run_from) == 0) {
                           StoredRecord damaged;
                           damaged.sequence = request.run_from;
                           damaged.damaged = true;
                           loaded[request.run_from] = std::make_shared<const StoredRecord>(damaged);
                         }
                         DropOldest(*reader, loaded);
                       });
}

bool Engine::Core::DeadLetterCopy(const Subscription& subscription, model::MessageId target, const StoredRecord& source) {
  const Cursor& cursor = *subscription.queue->cursor;
  const DeadLetterHome home = homes_.FindForCopy(subscription, *input_.Of(source.message));
  if (!home.problem.empty()) return false;
  auto letter = std::make_shared<model::Message>(*source.message);
  model::DeadLetterEntry story;
  story.source = cursor.owner;
  story.source_namespace = cursor.name_space;
  story.source_cursor = cursor.id;
  story.source_id = target;
  story.dead_lettered = now_;
  story.reason = WasFull(cursor);
  letter->dead_letter.push_back(std::move(story));
  if (letter->origin == model::MessageId{}) letter->origin = target;
  AppendDeadLetter(home, std::move(letter),
                   std::make_shared<const Alias>(
                       Alias{{}, {}, subscription.name, subscription.settings.delivery_format}));
  return true;
}

}  // namespace broker::engine
