// A message on its way in: SendMessage's own, or an entry of a batch. What can be told from it alone is told when it is
// read, off the strand: digests, sizes, and what is wrong with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/aws/sqs/limits.h"
#include "broker/aws/sqs/message_attributes.h"
#include "broker/aws/wire/writer.h"
#include "broker/engine/commands.h"

namespace broker::aws::sqs {

struct SendEntry {
  std::string id;  // of a batch
  engine::PublishEntry publish;
  std::optional<std::int64_t> delay_seconds;
  std::size_t size_bytes = 0;  // that limits count: the body and its attributes, not the system's
  std::string body_md5;
  std::string attributes_md5;         // empty: it has none
  std::string system_attributes_md5;  // likewise
  std::optional<Refusal> problem;     // of the entry alone
};

// Reads all but the id.
void ReadSendEntry(Fields& f, SendEntry& in);
// Of a batch, with its id.
void Read(Fields& f, SendEntry& in);

// What a FIFO queue must be told of a message: wrong in one entry, it refuses a batch as a whole.
std::optional<Refusal> CheckOrder(const SendEntry& entry, const model::QueueSettings& queue);
// What else is wrong with the entry in this queue. Afterwards `entry.publish` is ready.
std::optional<Refusal> CheckEntry(SendEntry& entry, const model::QueueSettings& queue, const Limits& limits);

// What a sender is told.
struct Sent {
  std::string message_id;
  std::string body_md5;
  std::string attributes_md5;
  std::string system_attributes_md5;
  std::string sequence;  // FIFO queues
};
Sent Tell(const SendEntry& entry, const engine::Published& published, bool fifo, std::uint64_t folder_id);
void WriteSent(Writer& w, const Sent& sent);

inline constexpr std::string_view kTraceHeader = "AWSTraceHeader";

}  // namespace broker::aws::sqs
