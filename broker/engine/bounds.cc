// Queues with bounds: whether a message still fits, and what goes to make room for it.
//
// A bound counts what is ready, leased, retrying and delayed, but not what is on its way to the dead letters. Leased and
// delayed messages are never dropped: where nothing else is left, a queue that drops its oldest is full like any other.
// So it is when its dead letters cannot be taken, or might pass no filter where they go: nothing is dropped that should be
// kept.
//
// A batch that is all or nothing is judged as a whole, before its first message: what its own dead letters take up
// meanwhile goes beyond the bound.
//
// What stands at hand goes in the group of the publish. What has to be read first goes when it was, a moment later; a
// crash in between leaves it in place, and the next publish makes up for it.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "broker/engine/core.h"
#include "broker/model/limits.h"
#include "broker/model/validation.h"

namespace broker::engine {
namespace {

constexpr std::uint64_t kLeastRead = 16;
constexpr std::uint64_t kMostRead = 1'024;

bool Within(const model::Bounds& bounds, const Totals& held) {
  return (bounds.max_messages == 0 || held.messages <= bounds.max_messages) &&
         (bounds.max_bytes == 0 || held.bytes <= bounds.max_bytes);
}

bool IsBounded(const Queue& queue) {
  return queue.settings.bounds.max_messages > 0 || queue.settings.bounds.max_bytes > 0;
}

std::string WasFull(const Cursor& cursor) {
  return model::CutText(cursor.owner.ToString() + " was full", model::kMaxReasonBytes);
}

Error QueueFull(const Queue& queue, const Totals& held, std::uint64_t size_bytes) {
  const model::Bounds& bounds = queue.settings.bounds;
  std::string limit;
  if (bounds.max_messages > 0) limit = fmt::format("{} messages", bounds.max_messages);
  if (bounds.max_bytes > 0) limit += fmt::format("{}{} bytes", limit.empty() ? "" : " and ", bounds.max_bytes);
  return Error(ErrorCode::kLimitExceeded, "QUEUE_FULL",
               fmt::format("queue \"{}\" is full: it holds {} messages of {} bytes and takes at most {}; a message of {} "
                           "bytes does not fit{}",
                           queue.name, held.messages, held.bytes, limit, size_bytes,
                           bounds.overflow == model::Overflow::kDropOldest ? ", and nothing can be dropped for it" : ""),
               "queue/" + queue.name);
}

}  // namespace

Totals Engine::Core::Held(const Queue& queue) {
  const Outstanding& outstanding = queue.cursor->outstanding;
  return queue.cursor->unread() + outstanding.all() - outstanding.dying() + queue.log->delayed;
}

Engine::Core::Room Engine::Core::RoomFor(const Queue& queue, std::uint64_t size_bytes, const Planned& before) const {
  if (!IsBounded(queue)) return Room::kEnough;
  const model::Bounds& bounds = queue.settings.bounds;
  const Totals added{1, size_bytes};
  if (Within(bounds, Held(queue) + before.all + added)) return Room::kEnough;
  if (bounds.overflow != model::Overflow::kDropOldest) return Room::kNone;
  const Totals fixed = queue.cursor->outstanding.leased() + queue.log->delayed + before.delayed;
  if (!Within(bounds, fixed + added)) return Room::kNone;
  if (queue.settings.delivery.redrive && !FindDeadLetterHome(*queue.cursor).takes_all) return Room::kNone;
  return Room::kByDropping;
}

Status Engine::Core::Admit(Publishable target, const model::FilterInput& input, std::uint64_t size_bytes, bool delayed,
                           Plans& plans) const {
  const auto plan = [&](const Queue& queue, bool as_delayed) {
    Planned& planned = plans[&queue];
    planned.all += {1, size_bytes};
    if (as_delayed) planned.delayed += {1, size_bytes};
  };
  if (target.queue != nullptr) {
    const Queue& queue = *target.queue;
    if (!IsBounded(queue)) return {};
    const Planned before = plans[&queue];
    if (RoomFor(queue, size_bytes, before) == Room::kNone) return QueueFull(queue, Held(queue) + before.all, size_bytes);
    plan(queue, delayed);
    return {};
  }
  if (delayed) return {};  // nobody has it yet
  for (const Subscription* subscription : target.topic->subscriptions) {
    if (subscription->queue == nullptr || subscription->backlog != nullptr) continue;
    if (!IsBounded(*subscription->queue) || !Passes(subscription->settings.filter, &input)) continue;
    const Queue& queue = *subscription->queue;
    const Planned before = plans[&queue];
    if (RoomFor(queue, size_bytes, before) != Room::kNone) {
      plan(queue, !queue.settings.delivery.ordered && queue.settings.delay > Nanos{0});
    } else if (!FindCopyHome(*subscription, input).problem.empty()) {
      return QueueFull(queue, Held(queue) + before.all, size_bytes);
    }
  }
  return {};
}

Status Engine::Core::AdmitAll(Publishable target, const model::Deduplication& deduplication,
                              const std::vector<PublishEntry>& entries) {
  const MessageLog& log = target.log();
  Plans plans;
  std::set<std::string> seen;
  for (const PublishEntry& entry : entries) {
    const std::string hash = DeduplicationHash(entry.content, deduplication);
    const bool again = !hash.empty() && (!seen.insert(hash).second ||
                                         deduplicator_.Find(log.id.value(), hash, clock_.expiry_now()).has_value());
    if (again) continue;
    BROKER_RETURN_IF_ERROR(
        Admit(target, model::FilterInput(entry.content), model::SizeBytes(entry.content),
              DueOf(target, entry, now_).has_value(), plans));
  }
  return {};
}

void Engine::Core::DropOldest(Queue& queue, const std::map<std::uint64_t, RecordPtr>& read) {
  Cursor& cursor = *queue.cursor;
  if (cursor.dropping || queue.settings.bounds.overflow != model::Overflow::kDropOldest) return;
  const bool keeps = cursor.settings.redrive.has_value();
  if (keeps && !FindDeadLetterHome(cursor).takes_all) return;
  while (!Within(queue.settings.bounds, Held(queue))) {
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
  const std::uint64_t held = Held(queue).messages;
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

Engine::Core::DeadLetterHome Engine::Core::FindCopyHome(const Subscription& subscription,
                                                        const model::FilterInput& input) const {
  DeadLetterHome own = FindDeadLetterHome(subscription.name_space, subscription.settings.delivery.redrive, &input);
  return own.problem.empty() ? own : FindDeadLetterHome(*subscription.queue->cursor, &input);
}

bool Engine::Core::DeadLetterCopy(const Subscription& subscription, model::MessageId target, const StoredRecord& source) {
  const Cursor& cursor = *subscription.queue->cursor;
  const DeadLetterHome home = FindCopyHome(subscription, *input_.Of(source.message));
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
