// The engine's own limits; protocol faces restrict further. One place, as values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/base/clock.h"

namespace broker::model {

inline constexpr std::size_t kMaxBodyBytes = 10u << 20;        // 10 MiB
inline constexpr std::size_t kMaxBatchMessages = 1'000;
inline constexpr std::size_t kMaxBatchBytes = 11u << 20;       // 11 MiB, of SizeBytes
inline constexpr std::size_t kMaxAttributes = 100;
inline constexpr std::size_t kMaxAttributeNameBytes = 256;
inline constexpr std::size_t kMaxAttributeBytes = 1u << 20;     // of a value
inline constexpr std::size_t kMaxSubjectBytes = 1'024;
inline constexpr std::size_t kMaxOrderingKeyBytes = 1'024;
inline constexpr std::size_t kMaxDeduplicationIdBytes = 256;
inline constexpr std::size_t kMaxReasonBytes = 256;            // longer ones are cut at a character's edge
inline constexpr std::size_t kMaxConsumerBytes = 256;
inline constexpr std::size_t kMaxPublisherBytes = 256;         // longer ones are cut at a character's edge
inline constexpr std::size_t kMaxReceipts = 1'000;             // per ack, nack or extend
inline constexpr std::uint32_t kMaxReceiveMessages = 1'000;
inline constexpr std::uint64_t kMaxReceiveBytes = 64u << 20;   // one message is delivered even if it is larger
inline constexpr std::size_t kMaxListPage = 1'000;

inline constexpr Nanos kMaxVisibilityTimeout = std::chrono::hours(12);
inline constexpr Nanos kMaxWait = std::chrono::hours(1);
inline constexpr Nanos kMaxBackoff = std::chrono::hours(12);
inline constexpr Nanos kMinRetention = std::chrono::seconds(60);
inline constexpr Nanos kMaxRetention = std::chrono::hours(24 * 31);
inline constexpr std::uint32_t kMaxAttempts = 1'000;           // largest max_attempts of a redrive policy

inline constexpr Nanos kMinTopicRetention = std::chrono::minutes(10);  // to kMaxRetention, where it is on
inline constexpr Nanos kMinUnusedExpiry = std::chrono::hours(24);
inline constexpr Nanos kMaxUnusedExpiry = std::chrono::hours(24 * 365);
inline constexpr Nanos kMaxSnapshotLife = kMaxRetention;
inline constexpr std::uint32_t kMaxTaskRate = 100'000;         // messages a second
inline constexpr std::size_t kMaxDeadLetterSources = 100;      // listed by one queue
inline constexpr std::size_t kMaxLabels = 64;
inline constexpr std::size_t kMaxLabelKeyBytes = 128;
inline constexpr std::size_t kMaxLabelValueBytes = 256;
inline constexpr std::size_t kMaxAnnotationsBytes = 256u << 10;  // names and values together
inline constexpr std::size_t kMaxDeliveryFormatBytes = 1'024;
inline constexpr std::size_t kMaxAttemptIdBytes = 128;
inline constexpr Nanos kAttemptIdWindow = std::chrono::minutes(5);
inline constexpr std::size_t kMaxIdempotencyKeyBytes = 512;
inline constexpr std::size_t kMaxIdempotencyResultBytes = 256u << 10;
inline constexpr Nanos kMinIdempotencyLife = std::chrono::seconds(1);
inline constexpr Nanos kMaxIdempotencyLife = kMaxRetention;

inline constexpr std::size_t kMaxFilterBytes = 256u << 10;     // of its text
inline constexpr std::size_t kMaxFilterDepth = 32;             // of NOT, AND, OR, parentheses and anythingBut
inline constexpr std::size_t kMaxFilterNodes = 2'000;          // conditions, their tests, and what joins them
inline constexpr std::size_t kMaxFilterValueBytes = 16u << 10; // of one text or number
inline constexpr std::size_t kMaxFilterPathBytes = 1'024;      // into a body; of an attribute kMaxAttributeNameBytes
inline constexpr std::size_t kMaxFilteredDepth = 100;          // of a body's or list's JSON; deeper is no JSON to filters
inline constexpr std::size_t kMaxFilteredValues = 250'000;     // in it, likewise
inline constexpr std::uint64_t kMaxFilterSteps = 100'000'000;  // of a publish: its values x the conditions they meet

inline constexpr std::size_t kMaxOutstanding = 120'000;        // per cursor; then its position stops

}  // namespace broker::model
