// One message of Publish or PublishBatch: read, held against the topic's rules, and as the engine takes it.
// Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/aws/fault.h"
#include "broker/aws/sns/message_attributes.h"
#include "broker/aws/wire/fields.h"
#include "broker/base/result.h"
#include "broker/engine/commands.h"

namespace broker::aws::sns {

struct MessageInput {
  std::string message;
  std::optional<std::string> subject;
  std::optional<std::string> structure;  // "json": a body for each protocol
  AttributeInputs attributes;
  std::optional<std::string> deduplication_id;
  std::optional<std::string> group_id;
};
void Read(Fields& f, MessageInput& in);

// What the limits count: the message, and names, types and values of its attributes.
std::uint64_t SizeBytes(const MessageInput& in);

// What a topic asks of its messages: the service's limits if `strict`, else the engine's.
struct PublishRules {
  bool fifo = false;
  bool deduplicates_by_content = false;
  std::uint64_t max_bytes = 0;  // of a message
  std::uint64_t max_batch_bytes = 0;
  std::size_t max_batch_entries = 0;
  bool documented_numbers = true;  // IsDocumentedNumber
  bool signs_with_sha256 = false;

  static PublishRules Of(std::string_view topic, const model::TopicSettings& settings, bool strict);
};

// What a topic asks of a message's group and deduplication id: in a batch, of each or of none. Errors: InvalidParameter.
Result<void, Refusal> CheckIds(const MessageInput& in, const PublishRules& rules);

// Errors: InvalidParameter, ParameterValueInvalid.
Result<engine::PublishEntry, Refusal> ToEntry(MessageInput in, const PublishRules& rules);

// Whether a message is to be signed in version 2: kept with it, because its topic may be gone when that is done.
bool SignsWithSha256(const model::MessageContent& content);

}  // namespace broker::aws::sns
