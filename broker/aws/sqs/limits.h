// What SQS allows; where the operator relaxed that (config aws.strict), what the engine allows. One place, as values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/aws/wire/fields.h"
#include "broker/base/clock.h"

namespace broker::aws::sqs {

struct Limits {
  Range message_bytes;  // of MaximumMessageSize, by default the most: body and attributes
  std::size_t batch_bytes;
  std::size_t batch_entries;
  std::size_t message_attributes;
  bool documented_numbers;  // IsDocumentedNumber
  std::size_t tags;
  Range receive_messages;
  std::uint64_t receive_bytes;  // of all messages of one receive; a larger one comes alone
  Range wait_seconds;
  Range delay_seconds;
  Range retention_seconds;
  Range visibility_seconds;
  Nanos visibility_in_all;  // from a receive on, however often it is changed
  Range key_reuse_seconds;
  bool names;            // [A-Za-z0-9_-]{1,80}, with ".fifo" for FIFO queues only
  Nanos between_purges;  // of one queue
  Nanos after_delete;    // until a queue of the same name may be created

  static const Limits& Of(bool strict);
};

// In flight at once; standard queues then say OverLimit.
inline constexpr std::uint64_t kMaxInFlight = 120'000;

}  // namespace broker::aws::sqs
