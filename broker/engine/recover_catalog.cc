// Opening a store: topics, queues, subscriptions and snapshots, with their settings and cursors.
#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/scan_records.h"
#include "broker/engine/settings_record.h"
#include "broker/storage/v0/records.pb.h"

namespace broker::engine {

namespace v0 = storage::v0;
using storage::Family;

Status Engine::Core::LoadCatalog() {
  std::unordered_map<std::uint64_t, Topic*> topics;
  std::unordered_map<std::uint64_t, Queue*> queues;
  std::unordered_map<std::uint64_t, v0::CursorRecord> positions;
  const auto restore_cursor = [&](std::uint64_t id, const model::DeliverySettings& settings, std::string name_space,
                                  model::ResourceRef owner) -> Result<Cursor*> {
    const auto position = positions.find(id);
    MessageLog* log = position == positions.end() ? nullptr : logs_.Find(position->second.log());
    if (log == nullptr) return Orphan(owner.ToString() + ", cursor", id, "a position or log");
    auto cursor = std::make_unique<Cursor>(model::CursorId(id), *log, settings);
    cursor->owner = std::move(owner);
    cursor->name_space = std::move(name_space);
    cursor->position = position->second.position();
    cursor->below = {position->second.total_messages(), position->second.total_bytes()};
    cursor->floor = position->second.floor();
    cursor->epoch = position->second.epoch();
    cursor->last_used = cursor->last_used_stored = FromNanos(position->second.last_used_ns());
    log->cursors.push_back(cursor.get());
    return cursors_.emplace(id, std::move(cursor)).first->second.get();
  };
  BROKER_RETURN_IF_ERROR(ScanKind<v0::CursorRecord>(deps_.kv, Family::kCatalog, 'c',
                                                    [&](std::uint64_t id, const v0::CursorRecord& record) -> Status {
                                                      positions[id] = record;
                                                      return {};
                                                    }));
  BROKER_RETURN_IF_ERROR(ScanKind<v0::TopicRecord>(
      deps_.kv, Family::kCatalog, 't', [&](std::uint64_t id, const v0::TopicRecord& record) -> Status {
        MessageLog* log = logs_.Find(id);
        if (log == nullptr) return Orphan("topic", id, "a log");
        if (record.deleted()) {
          log->deleted = true;
          return {};
        }
        auto topic = std::make_unique<Topic>();
        topic->name_space = record.name_space();
        topic->name = record.name();
        topic->created = FromNanos(record.created_ns());
        topic->settings.deduplication = FromRecord(record.deduplication());
        topic->settings.notes = FromRecord(record.notes());
        topic->settings.retention = log->retention = Nanos(record.retention_ns());
        topic->log = log;
        log->topic = topics[id] = &catalog_.topics.Add(std::move(topic));
        return {};
      }));
  BROKER_RETURN_IF_ERROR(ScanKind<v0::QueueRecord>(
      deps_.kv, Family::kCatalog, 'q', [&](std::uint64_t id, const v0::QueueRecord& record) -> Status {
        auto queue = std::make_unique<Queue>();
        queue->name_space = record.name_space();
        queue->name = record.name();
        queue->created = FromNanos(record.created_ns());
        queue->settings.delivery = FromRecord(record.delivery());
        queue->settings.delay = Nanos(record.delay_ns());
        queue->settings.deduplication = FromRecord(record.deduplication());
        queue->settings.message_ttl = Nanos(record.message_ttl_ns());
        queue->settings.bounds = FromRecord(record.bounds());
        queue->settings.dead_letter_access = FromRecord(record.dead_letter_access());
        queue->settings.notes = FromRecord(record.notes());
        auto cursor = restore_cursor(record.cursor(), queue->settings.delivery, queue->name_space,
                                     {model::ResourceKind::kQueue, queue->name});
        if (!cursor.ok()) return cursor.error();
        queue->cursor = *cursor;
        queue->log = queue->cursor->log;
        queue->log->ordered = queue->settings.delivery.ordered;
        queue->log->delay = queue->settings.delay;
        queue->log->message_ttl = queue->settings.message_ttl;
        queues[id] = &catalog_.queues.Add(std::move(queue));
        return {};
      }));
  BROKER_RETURN_IF_ERROR(ScanKind<v0::SubscriptionRecord>(
      deps_.kv, Family::kCatalog, 's', [&](std::uint64_t id, const v0::SubscriptionRecord& record) -> Status {
        auto subscription = std::make_unique<Subscription>();
        subscription->id = id;
        subscription->name_space = record.name_space();
        subscription->name = record.name();
        subscription->created = FromNanos(record.created_ns());
        subscription->settings.delivery_format = record.delivery_format();
        if (!record.filter().empty()) {
          auto filter = model::Filter::Parse(record.filter());
          if (!filter.ok()) return Orphan("subscription", id, "a filter");
          subscription->settings.filter = *std::move(filter);
        }
        subscription->settings.delivery = FromRecord(record.delivery());
        subscription->settings.notes = FromRecord(record.notes());
        if (record.expire_unused_ns() != 0) subscription->settings.expire_unused = Nanos(record.expire_unused_ns());
        subscription->settings.paused = record.paused();
        if (record.topic_log() != 0) {
          if (topics.count(record.topic_log()) == 0) return Orphan("subscription", id, "a topic");
          subscription->topic = topics[record.topic_log()];
          subscription->settings.topic = subscription->topic->name;
        }
        if (record.queue_log() != 0) {
          if (queues.count(record.queue_log()) == 0) return Orphan("subscription", id, "a queue");
          subscription->queue = queues[record.queue_log()];
          subscription->settings.queue = subscription->queue->name;
          if (record.cursor() != 0) {
            auto backlog = restore_cursor(record.cursor(), {.retention = subscription->queue->settings.delivery.retention},
                                          subscription->name_space,
                                          {model::ResourceKind::kSubscription, subscription->name});
            if (!backlog.ok()) return backlog.error();
            (*backlog)->use = CursorUse::kCatchUp;
            subscription->backlog = *backlog;
          }
        } else {
          auto cursor = restore_cursor(id, subscription->settings.delivery, subscription->name_space,
                                       {model::ResourceKind::kSubscription, subscription->name});
          if (!cursor.ok()) return cursor.error();
          subscription->cursor = *cursor;
          if (subscription->settings.filter) SetFilter(**cursor, *subscription->settings.filter);
        }
        Subscription& added = catalog_.subscriptions.Add(std::move(subscription));
        if (added.topic != nullptr) added.topic->subscriptions.push_back(&added);
        return {};
      }));
  BROKER_RETURN_IF_ERROR(ScanKind<v0::SnapshotRecord>(
      deps_.kv, Family::kCatalog, 'n', [&](std::uint64_t id, const v0::SnapshotRecord& record) -> Status {
        auto snapshot = std::make_unique<Snapshot>();
        snapshot->name_space = record.name_space();
        snapshot->name = record.name();
        snapshot->subscription = record.subscription();
        snapshot->created = FromNanos(record.created_ns());
        snapshot->expires = FromNanos(record.expires_ns());
        snapshot->labels = FromRecord(record.labels());
        if (const auto topic = topics.find(record.topic_log()); topic != topics.end()) snapshot->topic = topic->second;
        auto cursor = restore_cursor(id, {}, snapshot->name_space, {model::ResourceKind::kSubscription, snapshot->name});
        if (!cursor.ok()) return cursor.error();
        snapshot->cursor = *cursor;
        snapshot->cursor->use = CursorUse::kFrozen;
        catalog_.snapshots.Add(std::move(snapshot));
        return {};
      }));
  return ScanKind<v0::TaskRecord>(
      deps_.kv, Family::kTasks, 't', [&](std::uint64_t, const v0::TaskRecord& record) -> Status {
        if (record.kind() != kReplayTask || static_cast<TaskState>(record.state()) != TaskState::kRunning) return {};
        auto cursor = restore_cursor(record.source_cursor(), {}, record.name_space(),
                                     {model::ResourceKind::kTopic, record.source_name()});
        if (!cursor.ok()) return cursor.error();
        (*cursor)->use = CursorUse::kReplay;
        (*cursor)->settings.retention = (*cursor)->log->retention;
        return {};
      });
}

}  // namespace broker::engine
