// Where dead letters would go now: a look at the catalog, which changes nothing. Putting one there is in dead_letters.cc.
// Confined to the engine's strand.
#pragma once

#include <optional>
#include <string>

#include "broker/engine/catalog.h"
#include "broker/engine/storage_room.h"
#include "broker/model/filter.h"

namespace broker::engine {

// A queue or a topic, or why it cannot be.
struct DeadLetterHome {
  Queue* queue = nullptr;
  Topic* topic = nullptr;
  std::string problem;
  bool takes_all = false;  // there is no problem, nor can a filter make one

  MessageLog& log() const { return queue != nullptr ? *queue->log : *topic->log; }
};

class DeadLetterHomes {
 public:
  DeadLetterHomes(const Catalog& catalog, const StorageRoom& room) : catalog_(catalog), room_(room) {}

  // With `input`: of those of this content.
  DeadLetterHome Find(const std::string& name_space, const std::optional<model::RedrivePolicy>& policy,
                      const model::FilterInput* input = nullptr) const;
  DeadLetterHome Find(const Cursor& cursor, const model::FilterInput* input = nullptr) const {
    return Find(cursor.name_space, cursor.settings.redrive, input);
  }
  // Of the copies that a subscription's queue has no room for.
  DeadLetterHome FindForCopy(const Subscription& subscription, const model::FilterInput& input) const;

 private:
  const Catalog& catalog_;
  const StorageRoom& room_;
};

}  // namespace broker::engine
