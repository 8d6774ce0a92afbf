// Requests that carry batches, pages or limits, as the engine takes them. What is wrong with one entry of a batch is
// kept beside the others, which go on: the results are put together again in the request's order.
// Pure functions and values.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/v1/messages.pb.h"

namespace broker::native {

inline constexpr std::uint64_t kDefaultReceiveBytes = 2u << 20;  // with its envelope below 4 MiB, a client's default
inline constexpr std::uint32_t kDefaultOutstandingMessages = 1'000;
inline constexpr std::uint32_t kMaxOutstandingMessages = 100'000;
inline constexpr std::uint64_t kDefaultOutstandingBytes = 64u << 20;
inline constexpr std::uint64_t kMaxOutstandingBytes = 1u << 30;

// For each entry of a request: why it does not go to the engine; none for those that do, in order.
using Refusals = std::vector<std::optional<Error>>;

// Errors: kInvalidArgument for a page size above 1000.
Result<engine::ListRequest> ToList(std::string prefix, std::uint32_t page_size, std::string page_token);
// 0 becomes `fallback`.
Result<std::size_t> ToPageSize(std::uint32_t page_size, std::size_t fallback);

struct PublishPlan {
  engine::PublishRequest request;
  Refusals refusals;
};
// Takes the bodies out of `request`. Errors: kInvalidArgument for the target, the number of messages and, with
// all_or_nothing, the first wrong message.
Result<PublishPlan> TakePublish(v1::PublishRequest& request);
void ToProto(const Refusals& refusals, const engine::PublishResponse& response, v1::PublishResponse* out);

template <class Entry>
struct SettlePlan {
  std::vector<Entry> entries;
  Refusals refusals;
};
// Receipts seen in this request: a second use of one is refused.
using SeenReceipts = std::unordered_set<std::string>;

SettlePlan<std::string> TakeAcks(google::protobuf::RepeatedPtrField<std::string>& receipts, SeenReceipts& seen);
SettlePlan<engine::NackEntry> TakeNacks(google::protobuf::RepeatedPtrField<v1::NackEntry>& entries, SeenReceipts& seen);
SettlePlan<engine::ExtendEntry> TakeExtends(google::protobuf::RepeatedPtrField<v1::ExtendEntry>& entries,
                                            SeenReceipts& seen);
// Errors: kInvalidArgument when `count` entries are none or more than 1000.
Status CheckSettleCount(const std::string& field, int count);
void ToProto(const Refusals& refusals, const std::vector<Status>& results,
             google::protobuf::RepeatedPtrField<v1::SettleResult>* out);

Result<engine::ReceiveRequest> ToReceive(const v1::ReceiveRequest& request);

// What a consume stream is opened with, defaults filled in.
struct ConsumeLimits {
  model::Target source;
  std::uint32_t messages = 0;
  std::uint64_t bytes = 0;
  std::optional<Nanos> visibility_timeout;
};
Result<ConsumeLimits> ToLimits(const v1::ConsumeOpen& open);

Result<engine::PeekRequest> ToPeek(const v1::PeekRequest& request);

// Errors: kInvalidArgument when a consumer's name is too long.
Status CheckConsumer(const std::string& field, const std::string& consumer);

}  // namespace broker::native
