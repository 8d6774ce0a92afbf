#include "broker/engine/store.h"

#include "broker/engine/settings_record.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

namespace v0 = storage::v0;
using storage::Family;
using storage::KindKey;

std::string MarkKey(const MessageLog& log, Time time) {
  const auto ms = std::chrono::floor<Millis>(time).time_since_epoch().count();
  return storage::PairKey(log.id.value(), static_cast<std::uint64_t>(ms));
}

}  // namespace

void StoreTopic(Journal& journal, const Topic& topic, bool deleted) {
  v0::TopicRecord record;
  record.set_name_space(topic.name_space);
  record.set_name(topic.name);
  record.set_created_ns(ToNanos(topic.created));
  record.set_deleted(deleted);
  record.set_retention_ns(topic.settings.retention.count());
  ToRecord(topic.settings.deduplication, *record.mutable_deduplication());
  ToRecord(topic.settings.notes, *record.mutable_notes());
  journal.Put(Family::kCatalog, KindKey('t', topic.log->id.value()), record);
  journal.RequireSync();
}

void StoreQueue(Journal& journal, const Queue& queue) {
  v0::QueueRecord record;
  record.set_name_space(queue.name_space);
  record.set_name(queue.name);
  record.set_created_ns(ToNanos(queue.created));
  record.set_cursor(queue.cursor->id.value());
  record.set_delay_ns(queue.settings.delay.count());
  ToRecord(queue.settings.delivery, *record.mutable_delivery());
  ToRecord(queue.settings.deduplication, *record.mutable_deduplication());
  record.set_message_ttl_ns(queue.settings.message_ttl.count());
  ToRecord(queue.settings.bounds, *record.mutable_bounds());
  ToRecord(queue.settings.dead_letter_access, *record.mutable_dead_letter_access());
  ToRecord(queue.settings.notes, *record.mutable_notes());
  journal.Put(Family::kCatalog, KindKey('q', queue.log->id.value()), record);
  journal.RequireSync();
}

void StoreSubscription(Journal& journal, const Subscription& subscription) {
  v0::SubscriptionRecord record;
  record.set_name_space(subscription.name_space);
  record.set_name(subscription.name);
  record.set_created_ns(ToNanos(subscription.created));
  if (subscription.topic != nullptr) record.set_topic_log(subscription.topic->log->id.value());
  if (subscription.queue != nullptr) record.set_queue_log(subscription.queue->log->id.value());
  record.set_delivery_format(subscription.settings.delivery_format);
  if (subscription.settings.expire_unused) record.set_expire_unused_ns(subscription.settings.expire_unused->count());
  record.set_paused(subscription.settings.paused);
  if (subscription.backlog != nullptr) record.set_cursor(subscription.backlog->id.value());
  if (subscription.settings.filter) record.set_filter(subscription.settings.filter->text());
  ToRecord(subscription.settings.delivery, *record.mutable_delivery());
  ToRecord(subscription.settings.notes, *record.mutable_notes());
  journal.Put(Family::kCatalog, KindKey('s', subscription.id), record);
  journal.RequireSync();
}

void StoreSnapshot(Journal& journal, const Snapshot& snapshot) {
  v0::SnapshotRecord record;
  record.set_name_space(snapshot.name_space);
  record.set_name(snapshot.name);
  record.set_subscription(snapshot.subscription);
  record.set_topic_log(snapshot.cursor->log->id.value());
  record.set_created_ns(ToNanos(snapshot.created));
  record.set_expires_ns(ToNanos(snapshot.expires));
  ToRecord(snapshot.labels, *record.mutable_labels());
  journal.Put(Family::kCatalog, KindKey('n', snapshot.cursor->id.value()), record);
  journal.RequireSync();
}

void StoreTask(Journal& journal, const Task& task) {
  v0::TaskRecord record;
  record.set_kind(task.info.kind);
  record.set_name_space(task.name_space);
  record.set_source_cursor(task.source_cursor);
  record.set_source_name(task.info.source.name);
  record.set_state(static_cast<std::uint32_t>(task.info.state));
  record.set_reason(task.info.reason);
  record.set_moved(task.info.moved);
  record.set_left(task.info.left);
  record.set_homeless(task.info.homeless);
  for (const std::string& note : task.info.notes) record.add_notes(note);
  record.set_started_ns(ToNanos(task.info.started));
  if (task.info.finished) record.set_finished_ns(ToNanos(*task.info.finished));
  record.set_next_sequence(task.next);
  record.set_end_sequence(task.end);
  if (task.info.destination) {
    record.set_destination_kind(static_cast<std::uint32_t>(task.info.destination->kind));
    record.set_destination_name(task.info.destination->name);
  }
  record.set_filter(task.info.filter);
  record.set_rate(task.info.rate.value_or(0));
  record.set_dry_run(task.info.dry_run);
  record.set_total(task.info.total);
  record.set_delivery_format(task.delivery_format);
  record.set_destination_log(task.destination_log);
  record.set_end_messages(task.end_messages);
  journal.Put(Family::kTasks, KindKey('t', task.info.id.value()), record);
  journal.RequireSync();
}

void StoreCursorPosition(Journal& journal, Cursor& cursor) {
  v0::CursorRecord record;
  record.set_log(cursor.log->id.value());
  record.set_position(cursor.position);
  record.set_total_messages(cursor.below.messages);
  record.set_total_bytes(cursor.below.bytes);
  record.set_floor(cursor.floor);
  record.set_epoch(cursor.epoch);
  record.set_last_used_ns(ToNanos(cursor.last_used));
  cursor.last_used_stored = cursor.last_used;
  journal.Put(Family::kCatalog, KindKey('c', cursor.id.value()), record);
}

void StorePage(Journal& journal, Cursor& cursor, std::uint64_t page) {
  const std::string key = storage::PairKey(cursor.id.value(), page);
  const auto entries = cursor.outstanding.pages().find(page);
  if (entries == cursor.outstanding.pages().end()) {
    // A page that came and went within one group was never written.
    if (cursor.outstanding.IsStored(page)) journal.Delete(Family::kOutstanding, key);
    cursor.outstanding.SetStored(page, false);
    return;
  }
  v0::PageRecord record;
  std::uint64_t mask = 0;
  for (const auto& [bit, entry] : entries->second) {
    mask |= std::uint64_t{1} << bit;
    v0::EntryRecord* out = record.add_entries();
    out->set_state(entry.leased ? v0::EntryRecord::LEASED : v0::EntryRecord::WAITING);
    out->set_due_ns(ToNanos(entry.due));
    out->set_attempts(entry.attempts);
    out->set_held(entry.held);
    out->set_nonce_boot(entry.nonce.boot);
    out->set_nonce_counter(entry.nonce.counter);
    out->set_key_hash(entry.key_hash);
    out->set_first_attempt_ns(ToNanos(entry.first_attempt));
    out->set_lease_start_ns(ToNanos(entry.lease_start));
    out->set_size_bytes(entry.size_bytes);
    out->set_append_time_ns(ToNanos(entry.append_time));
    if (entry.reason != nullptr) out->set_reason(*entry.reason);
    out->set_expires_ns(ToNanos(entry.expires));
  }
  record.set_mask(mask);
  journal.Put(Family::kOutstanding, key, record);
  cursor.outstanding.SetStored(page, true);
}

void StoreLogState(Journal& journal, const MessageLog& log) {
  v0::LogStateRecord record;
  record.set_next_sequence(log.next_sequence);
  record.set_total_messages(log.totals.messages);
  record.set_total_bytes(log.totals.bytes);
  record.set_last_append_ns(ToNanos(log.marks.last_append()));
  for (const Chunk& chunk : log.chunks.chunks()) {
    v0::ChunkRecord* out = record.add_chunks();
    out->set_first(chunk.first);
    out->set_last(chunk.last);
    out->set_bytes(chunk.bytes);
    out->set_opened_ns(ToNanos(chunk.opened));
    out->set_base_bytes(chunk.base_bytes);
    for (const auto& [source_log, first] : chunk.sources) {
      out->add_sources()->set_log(source_log);
      out->mutable_sources(out->sources_size() - 1)->set_sequence(first);
    }
  }
  journal.Put(Family::kCatalog, KindKey('l', log.id.value()), record);
}

void StoreDelayed(Journal& journal, const MessageLog& log) {
  v0::DelayedRecord record;
  record.set_messages(log.delayed.messages);
  record.set_bytes(log.delayed.bytes);
  for (const Chunk& chunk : log.chunks.chunks()) {
    if (chunk.scheduled == 0) continue;
    record.add_chunks()->set_first(chunk.first);
    record.mutable_chunks(record.chunks_size() - 1)->set_messages(chunk.scheduled);
  }
  for (const std::uint64_t sequence : log.kept_scheduled) {
    record.add_chunks()->set_first(sequence);
    record.mutable_chunks(record.chunks_size() - 1)->set_messages(1);
  }
  journal.Put(Family::kCatalog, KindKey('d', log.id.value()), record);
}

void StoreEngine(Journal& journal, std::uint64_t next_id, std::uint64_t boot, Nanos held_back) {
  v0::EngineRecord record;
  record.set_next_id(next_id);
  record.set_boot(boot);
  record.set_held_back_ns(held_back.count());
  journal.Put(Family::kMeta, "engine", record);
  journal.RequireSync();
}

void StoreMark(Journal& journal, const MessageLog& log) {
  const TimeMark& mark = log.marks.back();
  v0::MarkRecord record;
  record.set_sequence(mark.sequence);
  record.set_total_messages(mark.below.messages);
  record.set_total_bytes(mark.below.bytes);
  record.set_last_below_ns(ToNanos(mark.last_below));
  journal.Put(Family::kMarks, MarkKey(log, mark.time), record);
}

void DeleteDroppedMarks(Journal& journal, MessageLog& log) {
  for (const Time dropped : log.marks.TakeDropped()) journal.Delete(Family::kMarks, MarkKey(log, dropped));
}

}  // namespace broker::engine
