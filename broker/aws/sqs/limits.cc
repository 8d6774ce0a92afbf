#include "broker/aws/sqs/limits.h"

#include "broker/aws/sqs/recent.h"
#include "broker/model/limits.h"

namespace broker::aws::sqs {
namespace {

constexpr std::int64_t Seconds(Nanos time) { return std::chrono::duration_cast<std::chrono::seconds>(time).count(); }

constexpr std::int64_t kVisibilitySeconds = Seconds(model::kMaxVisibilityTimeout);

constexpr Limits kStrict{
    .message_bytes = {1'024, 1u << 20},
    .batch_bytes = 1u << 20,
    .batch_entries = 10,
    .message_attributes = 10,
    .documented_numbers = true,
    .tags = 50,
    .receive_messages = {1, 10},
    .receive_bytes = 4u << 20,  // ours: one answer does not keep the others waiting long
    .wait_seconds = {0, 20},
    .delay_seconds = {0, 900},
    .retention_seconds = {60, 1'209'600},
    .visibility_seconds = {0, kVisibilitySeconds},
    .visibility_in_all = model::kMaxVisibilityTimeout + std::chrono::milliseconds(999),  // whole seconds count
    .key_reuse_seconds = {60, 86'400},
    .names = true,
    .between_purges = Recent::kRemembered,
    .after_delete = Recent::kRemembered,
};
static_assert(kMaxInFlight == model::kMaxOutstanding);
static_assert(kVisibilitySeconds == 43'200);

constexpr Limits kRelaxed{
    .message_bytes = {1, model::kMaxBodyBytes},
    .batch_bytes = model::kMaxBatchBytes,
    .batch_entries = model::kMaxBatchMessages,
    .message_attributes = model::kMaxAttributes,
    .documented_numbers = false,
    .tags = model::kMaxLabels,
    .receive_messages = {1, model::kMaxReceiveMessages},
    .receive_bytes = model::kMaxReceiveBytes,
    .wait_seconds = {0, Seconds(model::kMaxWait)},
    .delay_seconds = {0, Seconds(model::kMaxRetention)},
    .retention_seconds = {Seconds(model::kMinRetention), Seconds(model::kMaxRetention)},
    .visibility_seconds = {0, kVisibilitySeconds},
    .visibility_in_all = model::kMaxRetention,
    .key_reuse_seconds = {60, 86'400},
    .names = false,
    .between_purges = Nanos{0},
    .after_delete = Nanos{0},
};

}  // namespace

const Limits& Limits::Of(bool strict) { return strict ? kStrict : kRelaxed; }

}  // namespace broker::aws::sqs
