// A message as every face sees it. Bodies are bytes. Immutable once published: the engine shares messages between
// caches and deliveries by pointer.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/model/ids.h"
#include "broker/model/names.h"

namespace broker::model {

enum class AttributeKind { kText, kNumber, kBytes };

// `value` of a number is its decimal text, kept digit for digit. `label` is the publisher's free name for the type
// (such as "Number.price"); the engine only carries it.
struct Attribute {
  AttributeKind kind = AttributeKind::kText;
  std::string value;
  std::string label;

  bool operator==(const Attribute&) const = default;
};

using Attributes = std::map<std::string, Attribute>;

// What a publisher gives. Empty text fields mean "none".
struct MessageContent {
  std::string body;
  Attributes attributes;
  Attributes system_attributes;  // set by faces, never by users; not counted in limits of user attributes
  std::string subject;
  std::string ordering_key;
  std::string deduplication_id;
};

// One home in which a message failed until it was dead-lettered.
struct DeadLetterEntry {
  ResourceRef source;            // the queue or subscription that gave up
  std::string source_namespace;
  CursorId source_cursor;        // tells a recreated source of the same name from the one that gave up
  MessageId source_id;           // the message's id there
  std::uint32_t attempts = 0;
  Time first_attempt{};
  Time last_attempt{};
  Time dead_lettered{};
  std::string reason;            // of the last attempt, at most kMaxReasonBytes
  Time moved{};                  // when a task took it away from where this brought it; zero: it is still there
};

struct Message {
  MessageContent content;
  Time publish_time{};
  std::string publisher;                     // the caller's principal, may be empty
  MessageId origin;                          // the first home's id, for dead letters and redriven ones; else zero
  std::vector<DeadLetterEntry> dead_letter;  // oldest first; empty for a message that never failed
};

using MessagePtr = std::shared_ptr<const Message>;

// Bytes that limits and statistics count: body, subject, key, and the names, labels and values of attributes.
std::uint64_t SizeBytes(const MessageContent& content);

}  // namespace broker::model
