// What can be asked of the engine, and what it answers: plain values. Names are resolved in the caller's namespace.
// Every answer is given only when what it says is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/model/ids.h"
#include "broker/model/message.h"
#include "broker/model/names.h"
#include "broker/model/settings.h"

namespace broker::engine {

// Called exactly once, on the engine's strand.
template <class T>
using Done = std::function<void(Result<T>)>;

// Who asks. Only `name_space` is looked at yet; the rest is carried for authorisation, logs and consumer lists.
struct Caller {
  std::string name_space{model::kDefaultNamespace};
  std::string principal;
  std::string consumer;
  std::string peer;
};

// ---- topics, queues, subscriptions -----------------------------------------------------------------------------

struct TopicInfo {
  std::string name;
  model::TopicSettings settings;
  Time created{};
};

struct QueueInfo {
  std::string name;
  model::QueueSettings settings;
  Time created{};
};

struct SubscriptionInfo {
  std::string name;
  model::SubscriptionSettings settings;  // settings.topic is empty once the topic is deleted
  Time created{};
};

enum class StartAt { kEnd, kEarliest };  // of what the topic still keeps

// Changes of a patch replace whole fields; `std::nullopt` leaves one as it is.
struct DeliveryPatch {
  std::optional<Nanos> visibility_timeout;
  std::optional<Nanos> retention;
  std::optional<bool> exactly_once;
  std::optional<std::optional<model::RedrivePolicy>> redrive;  // the inner nullopt takes the policy away
};
struct QueuePatch {
  DeliveryPatch delivery;
  std::optional<Nanos> delay;
  std::optional<bool> deduplicate_by_content;
  std::optional<model::DeduplicationScope> deduplication_scope;
};
struct TopicPatch {
  std::optional<bool> deduplicate_by_content;
  std::optional<model::DeduplicationScope> deduplication_scope;
};
struct SubscriptionPatch {
  DeliveryPatch delivery;
  std::optional<std::string> delivery_format;
};

struct ListRequest {
  std::string prefix;      // of names
  std::size_t page_size = 100;  // 1 to model::kMaxListPage
  std::string page_token;  // of the previous page; empty for the first
};
template <class Info>
struct ListPage {
  std::vector<Info> items;  // by name
  std::string next_page_token;  // empty on the last page
};

// ---- publish ---------------------------------------------------------------------------------------------------

struct PublishEntry {
  model::MessageContent content;
  std::optional<Nanos> delay;  // 0 to retention; none: the queue's own. Refused on ordered queues if not 0
};

struct PublishRequest {
  model::Target target;  // a topic or a queue
  std::vector<PublishEntry> entries;
  bool all_or_nothing = false;  // one wrong entry refuses the batch; otherwise each has its own result
};

struct Published {
  model::MessageId id;
  bool duplicate = false;  // a message with the same deduplication id was stored before; `id` is that one's
};

struct PublishResponse {
  std::vector<Result<Published>> results;  // in the order of the entries
  std::uint32_t subscriptions = 0;  // that a published topic's messages reached; 1 for a queue
};

// ---- receive and settle ----------------------------------------------------------------------------------------

struct ReceiveRequest {
  model::Target source;  // a queue or a pull subscription
  std::uint32_t max_messages = 1;   // 1 to model::kMaxReceiveMessages
  std::uint64_t max_bytes = 0;      // 0: model::kMaxReceiveBytes; a single larger message is delivered alone
  Nanos wait{0};                    // 0 to model::kMaxWait: how long to wait for the first message
  std::optional<Nanos> visibility_timeout;  // of this receive's leases
};

struct Delivery {
  model::MessagePtr message;
  model::MessageId id;
  model::MessageId origin;       // where it was first stored, if elsewhere: a topic's message, a dead letter's source
  std::string receipt;           // text, opaque, at most 128 bytes; good across restarts
  std::uint32_t attempt = 1;     // this one included
  Time first_attempt{};
  Time lease_deadline{};
  std::string subscription;      // for a message that came through a queue subscription
  std::string delivery_format;   // of that subscription
};

struct ReceiveResponse {
  std::vector<Delivery> deliveries;  // empty when the wait passed
};

// Identifies a Receive that waits. 0 is none.
using WaiterId = std::uint64_t;

struct NackEntry {
  std::string receipt;
  std::string reason;  // cut at model::kMaxReasonBytes
  Nanos backoff{0};    // 0 to model::kMaxBackoff until it is ready again
};

struct ExtendEntry {
  std::string receipt;
  Nanos visibility_timeout{0};  // from now; 0 gives it back at once (as one attempt)
};

// One result per receipt, in order. A stale receipt is ok and does nothing, but kLeaseLost on exactly-once.
// A malformed or foreign one is kInvalidReceipt.
struct SettleResponse {
  std::vector<Status> results;
};

// ---- looking without touching ----------------------------------------------------------------------------------

// kRetrying: given back or expired, waiting for its backoff.
enum class MessageState { kReady, kLeased, kRetrying, kDelayed };

struct PeekRequest {
  model::Target source;
  MessageState state = MessageState::kReady;
  std::size_t page_size = 10;  // 1 to model::kMaxListPage
  std::string page_token;
};

struct PeekedMessage {
  model::MessagePtr message;
  model::MessageId id;
  model::MessageId origin;
  MessageState state = MessageState::kReady;
  std::uint32_t attempts = 0;
  std::optional<Time> until;  // lease deadline, end of the backoff, or due time
  std::string subscription;
  std::string delivery_format;
  std::string last_reason;
};

struct Stats {
  std::uint64_t ready = 0;
  std::uint64_t leased = 0;
  std::uint64_t retrying = 0;
  std::uint64_t delayed = 0;
  std::uint64_t bytes = 0;          // SizeBytes of all of them
  std::optional<Nanos> oldest_age;  // of the oldest that is not settled and not delayed
  std::uint64_t waiting_receivers = 0;
  std::string dead_letter_problem;  // why dead-lettering is stuck; empty when it is not
};

struct QueueDescription {
  QueueInfo info;
  Stats stats;
  std::vector<std::string> dead_letter_sources;  // "queue/NAME", "subscription/NAME" that name it in their policy
  std::vector<std::string> subscriptions;        // that deliver into it
};
struct SubscriptionDescription {
  SubscriptionInfo info;
  Stats stats;  // of a pull subscription
};
struct TopicDescription {
  TopicInfo info;
  std::vector<std::string> subscriptions;
  std::uint64_t messages = 0;  // stored for someone
  std::uint64_t bytes = 0;
  std::uint64_t delayed = 0;
};

// ---- tasks -----------------------------------------------------------------------------------------------------

enum class TaskState { kRunning, kDone, kFailed };

struct TaskInfo {
  model::TaskId id;
  std::string kind;             // "redrive"
  model::ResourceRef source;
  TaskState state = TaskState::kRunning;
  std::string reason;           // why it failed
  std::uint64_t moved = 0;
  std::uint64_t left = 0;       // looked at and left where they are (source gone, leased, not a dead letter)
  std::vector<std::string> notes;  // what was left and why, one line per source, at most 10
  Time started{};
  std::optional<Time> finished;
};

// ---- clock -----------------------------------------------------------------------------------------------------

struct ClockInfo {
  Time engine{};
  Time wall{};
  Nanos held_back{0};  // how far retention and deduplication run behind engine time until the jump is accepted
};

}  // namespace broker::engine
