// What can be asked of the engine, and what it answers: plain values. Names are resolved in the caller's namespace.
// Every answer is given only when what it says is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/result.h"
#include "broker/model/filter.h"
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

// A queue or a topic as the next command will find it: what it says may not be durable yet. So it serves to shape commands,
// and is not to be told to anybody but with the answer to a later one.
struct QueueNow {
  const model::QueueSettings& settings;  // until the next call
  std::uint64_t leased = 0;
};
struct TopicNow {
  const model::TopicSettings& settings;  // until the next call
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
  std::optional<std::optional<model::RetryBackoff>> backoff;
  std::optional<bool> paused;
  std::optional<bool> retain_acknowledged;  // pull subscriptions
};
// Labels are replaced as a whole; of annotations, those named, an empty value taking one away.
struct NotesPatch {
  std::optional<std::map<std::string, std::string>> labels;
  std::map<std::string, std::string> annotations;
};
struct QueuePatch {
  DeliveryPatch delivery;
  std::optional<Nanos> delay;
  std::optional<bool> deduplicate_by_content;
  std::optional<model::DeduplicationScope> deduplication_scope;
  std::optional<Nanos> message_ttl;
  std::optional<model::Bounds> bounds;
  std::optional<model::DeadLetterAccess> dead_letter_access;
  NotesPatch notes;
};
struct TopicPatch {
  std::optional<bool> deduplicate_by_content;
  std::optional<model::DeduplicationScope> deduplication_scope;
  std::optional<Nanos> retention;
  NotesPatch notes;
};
struct SubscriptionPatch {
  DeliveryPatch delivery;
  std::optional<std::string> delivery_format;
  std::optional<std::optional<model::Filter>> filter;  // queue subscriptions
  std::optional<std::optional<Nanos>> expire_unused;   // pull subscriptions
  std::optional<bool> paused;                          // queue subscriptions
  NotesPatch notes;
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
  // Above 0, at most retention; none: the queue's own. From when it is due. Passed, it is never handed out (any more), but
  // may count as ready until a cursor reaches it. A lease that it has goes on.
  std::optional<Nanos> ttl;
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
  // That a published topic's messages reached, by at least one that passed its filter; 1 for a queue.
  std::uint32_t subscriptions = 0;
};

// ---- receive and settle ----------------------------------------------------------------------------------------

struct ReceiveRequest {
  model::Target source;  // a queue or a pull subscription
  std::uint32_t max_messages = 1;   // 1 to model::kMaxReceiveMessages
  std::uint64_t max_bytes = 0;      // 0: model::kMaxReceiveBytes; a single larger message is delivered alone
  Nanos wait{0};                    // 0 to model::kMaxWait: how long to wait for the first message
  std::optional<Nanos> visibility_timeout;  // of this receive's leases
  // A receive whose answer was lost may be asked again with the same id within kAttemptIdWindow: it gets the same
  // messages, with new receipts and not counted anew, as long as none of them was settled, extended or given back, nor
  // its lease ended (a time to live that passes meanwhile ends none); otherwise it is a receive like any other. At most
  // kMaxAttemptIdBytes. Forgotten at a restart.
  std::string attempt_id;
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

// Identifies a Receive that waits, or a Watch. 0 is none.
using WaiterId = std::uint64_t;

struct NackEntry {
  std::string receipt;
  std::string reason;  // cut at model::kMaxReasonBytes
  std::optional<Nanos> backoff;  // 0 to model::kMaxBackoff until it is ready again; none: by the source's settings
  bool last = false;  // no attempt follows: with a redrive policy it is dead-lettered now, however many there were
};

struct ExtendEntry {
  std::string receipt;
  Nanos visibility_timeout{0};  // from now; 0 gives it back at once (as one attempt)
  // How long its lease may last in all, from the receive on. Beyond it: kInvalidArgument, LEASE_TOO_LONG, and it stays.
  std::optional<Nanos> most_in_all;
};

// One result per receipt, in order. A stale receipt is ok and does nothing, but kLeaseLost on exactly-once.
// A malformed or foreign one is kInvalidReceipt.
struct SettleResponse {
  std::vector<Status> results;
  std::vector<bool> gone;  // in the same order: the receipt is good, but its message was settled, purged or expired
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
  // Of a filtered pull subscription: stored and not yet held against its filter; `ready` and `bytes` count up to there.
  std::uint64_t unscanned = 0;
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
  Stats stats;  // of a pull subscription; of a queue subscription that was paused, what its queue has still to get
};
struct TopicDescription {
  TopicInfo info;
  std::vector<std::string> subscriptions;
  std::uint64_t messages = 0;  // stored for someone
  std::uint64_t bytes = 0;
  std::uint64_t delayed = 0;
};

// ---- consumers -------------------------------------------------------------------------------------------------

// Who receives, by Caller::consumer and peer; those without a name are one per peer. Known since the last start.
struct ConsumerInfo {
  std::string name;
  std::string peer;
  std::uint64_t waiting = 0;       // receives that wait
  std::uint64_t leased = 0;        // messages it holds
  std::optional<Time> oldest_lease;
  Time last_seen{};                // of its last receive
};

// ---- replay ----------------------------------------------------------------------------------------------------

struct SeekTo {
  // Exactly one. To a time: what was published before it counts as settled, what came after as not, as far as the topic's
  // retention or retain_acknowledged kept it. A time in the future settles everything that is there.
  std::optional<Time> time;
  std::optional<std::string> snapshot;  // of a subscription of the same topic
};

// A frozen cursor: what the subscription had not settled when it was made, and all that came later, stays until it expires.
struct SnapshotInfo {
  std::string name;
  std::string subscription;  // of which it was made
  std::string topic;         // empty once the topic is deleted: the snapshot outlives it, for subscriptions that have it
  Time created{};
  Time expires{};
  std::map<std::string, std::string> labels;
};
struct SnapshotPatch {
  std::optional<Time> expires;  // from now to kMaxSnapshotLife later
  std::optional<std::map<std::string, std::string>> labels;
};

// Gives messages that a topic has kept to a queue once more, each as an alias of its own, oldest first, by the filter.
struct ReplayRequest {
  std::string topic;
  std::string queue;
  std::string delivery_format;  // of the aliases
  Time from{};
  std::optional<Time> to;       // none: what was published before the replay began
  std::optional<model::Filter> filter;
  std::optional<std::uint32_t> rate;  // messages a second, 1 to kMaxTaskRate; none: as fast as it goes
};

// ---- tasks -----------------------------------------------------------------------------------------------------

enum class TaskState { kRunning, kDone, kFailed, kCancelled };

// Moves the messages now in `queue` that pass the filter: dead letters each to where it came from, or all to `destination`.
struct MoveRequest {
  std::string queue;
  std::optional<model::Target> destination;  // a queue or a topic
  std::optional<model::Filter> filter;
  std::optional<std::uint32_t> rate;  // as in ReplayRequest
  bool dry_run = false;               // counts and notes, moves nothing
};

struct TaskInfo {
  model::TaskId id;
  std::string kind;             // "redrive", "move", "replay"
  model::ResourceRef source;
  std::optional<model::ResourceRef> destination;
  std::string filter;           // its text
  std::optional<std::uint32_t> rate;
  bool dry_run = false;
  TaskState state = TaskState::kRunning;
  std::string reason;           // why it failed
  std::uint64_t total = 0;      // to look at, as counted at the start
  std::uint64_t moved = 0;      // a dry run: would be moved
  std::uint64_t left = 0;       // looked at and left where they are (source gone, leased, not a dead letter, filtered)
  std::uint64_t homeless = 0;   // of these, those without a source to go back to
  std::vector<std::string> notes;  // what was left and why, one line per source, at most 10
  Time started{};
  std::optional<Time> finished;
};

// ---- idempotency records ---------------------------------------------------------------------------------------

// What a consumer remembers of the work it did for a key, so that the same message twice is the same work once.
enum class ClaimState {
  kNew,         // the caller has the claim: do the work, then complete or release it
  kInProgress,  // another has it until `expires`
  kDone,        // the work is done: `result`
};
struct IdempotencyClaim {
  ClaimState state = ClaimState::kNew;
  std::string token;   // kNew: to complete or release with; a claim that expired and was made anew has another
  std::string result;  // kDone
  Time expires{};
};

// ---- clock -----------------------------------------------------------------------------------------------------

struct ClockInfo {
  Time engine{};
  Time wall{};
  Nanos held_back{0};  // how far retention and deduplication run behind engine time until the jump is accepted
};

}  // namespace broker::engine
