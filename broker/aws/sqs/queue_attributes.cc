#include "broker/aws/sqs/queue_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "broker/aws/sqs/queue_notes.h"
#include "broker/aws/sqs/refusals.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/whole_number.h"

namespace broker::aws::sqs {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

struct Row;
using Change = std::optional<Refusal> (*)(const Row&, std::string_view, QueueDraft&);
using Show = std::optional<std::string> (*)(const Row&, const QueueView&);

struct Row {
  std::string_view name;
  Change change = nullptr;  // null: nobody sets it
  Show show;
  Range Limits::*range = nullptr;  // of numbers
  std::string_view fallback = {};  // what an annotation that is not there means; empty: not shown
  bool fifo = false;               // FIFO queues only
};

// ---- values

Refusal Invalid(const Row& row, std::string_view reason = {}) {
  return Refuse(SqsFault::kInvalidAttributeValue,
                reason.empty() ? fmt::format("Invalid value for the parameter {}.", row.name)
                               : fmt::format("Invalid value for the parameter {}. Reason: {}", row.name, reason));
}

std::optional<bool> ReadFlag(std::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  return std::nullopt;
}

std::string Flag(bool value) { return value ? "true" : "false"; }
std::string Seconds(Nanos time) { return std::to_string(duration_cast<seconds>(time).count()); }
std::string Seconds(Time time) { return Seconds(time.time_since_epoch()); }

// ---- changes

template <class Set>
std::optional<Refusal> ChangeNumber(const Row& row, std::string_view value, QueueDraft& draft, Set set) {
  const auto number = ParseWhole<std::int64_t>(value);
  if (!number || !IsWithin(*number, draft.limits.*row.range)) return Invalid(row);
  set(*number);
  return std::nullopt;
}

template <Nanos model::DeliverySettings::*field>
std::optional<Refusal> ChangeDelivery(const Row& row, std::string_view value, QueueDraft& draft) {
  return ChangeNumber(row, value, draft, [&](std::int64_t n) { draft.settings.delivery.*field = seconds(n); });
}

std::optional<Refusal> ChangeDelay(const Row& row, std::string_view value, QueueDraft& draft) {
  return ChangeNumber(row, value, draft, [&](std::int64_t n) { draft.settings.delay = seconds(n); });
}

std::optional<Refusal> ChangeNumberNote(const Row& row, std::string_view value, QueueDraft& draft) {
  return ChangeNumber(row, value, draft, [&](std::int64_t n) { SetNote(draft.settings, row.name, std::to_string(n)); });
}

std::optional<Refusal> ChangeNote(const Row& row, std::string_view value, QueueDraft& draft) {
  SetNote(draft.settings, row.name, std::string(value));
  return std::nullopt;
}

std::optional<Refusal> ChangePolicy(const Row& row, std::string_view value, QueueDraft& draft) {
  const auto json = ReadJson(value);
  if (!value.empty() && (!json.ok() || json->kind != Value::Kind::kObject)) return Invalid(row);
  return ChangeNote(row, value, draft);
}

// The key and the queue's own encryption exclude each other; the later wins.
std::optional<Refusal> ChangeKey(const Row& row, std::string_view value, QueueDraft& draft) {
  if (!value.empty()) SetNote(draft.settings, "SqsManagedSseEnabled", {});
  return ChangeNote(row, value, draft);
}
std::optional<Refusal> ChangeEncryption(const Row& row, std::string_view value, QueueDraft& draft) {
  const auto flag = ReadFlag(value);
  if (!flag) return Invalid(row);
  if (*flag) SetNote(draft.settings, "KmsMasterKeyId", {});
  return ChangeNote(row, value, draft);
}

std::optional<Refusal> ChangeRedrive(const Row&, std::string_view value, QueueDraft& draft) {
  draft.settings.delivery.redrive.reset();
  if (value.empty()) return std::nullopt;
  auto policy = ReadRedrivePolicy(value, draft.terms);
  if (!policy.ok()) return std::move(policy).error();
  draft.settings.delivery.redrive = *std::move(policy);
  return std::nullopt;
}

// A note keeps apart that everybody is let in because somebody said so.
std::optional<Refusal> ChangeAccess(const Row& row, std::string_view value, QueueDraft& draft) {
  draft.settings.dead_letter_access = {};
  SetNote(draft.settings, row.name, value.empty() ? "" : "set");
  if (value.empty()) return std::nullopt;
  auto access = ReadRedriveAllowPolicy(value, draft.terms);
  if (!access.ok()) return std::move(access).error();
  draft.settings.dead_letter_access = *std::move(access);
  return std::nullopt;
}

std::optional<Refusal> ChangeFifo(const Row& row, std::string_view value, QueueDraft&) {
  if (value != "true") return Invalid(row, "Modifying queue type is not supported.");
  return std::nullopt;
}

std::optional<Refusal> ChangeByContent(const Row& row, std::string_view value, QueueDraft& draft) {
  const auto flag = ReadFlag(value);
  if (!flag) return Invalid(row);
  draft.settings.deduplication.by_content = *flag;
  return std::nullopt;
}

// It takes effect at creation only; later it is echoed.
std::optional<Refusal> ChangeScope(const Row& row, std::string_view value, QueueDraft& draft) {
  if (value != "messageGroup" && value != "queue") return Invalid(row);
  if (!draft.creating) return ChangeNote(row, value, draft);
  SetNote(draft.settings, row.name, {});
  draft.settings.deduplication.scope =
      value == "messageGroup" ? model::DeduplicationScope::kGroup : model::DeduplicationScope::kLog;
  return std::nullopt;
}

std::optional<Refusal> ChangeThroughput(const Row& row, std::string_view value, QueueDraft& draft) {
  if (value != "perMessageGroupId" && value != "perQueue") return Invalid(row);
  return ChangeNote(row, value, draft);
}

// ---- shows

template <Nanos model::DeliverySettings::*field>
std::optional<std::string> ShowDelivery(const Row&, const QueueView& view) {
  return Seconds(view.settings.delivery.*field);
}

template <std::uint64_t engine::Stats::*first, std::uint64_t engine::Stats::*second = nullptr>
std::optional<std::string> ShowCount(const Row&, const QueueView& view) {
  std::uint64_t count = view.stats.*first;
  if constexpr (second != nullptr) count += view.stats.*second;
  return std::to_string(count);
}

std::optional<std::string> ShowNote(const Row& row, const QueueView& view) {
  std::string note = Note(view.settings, row.name);
  if (note.empty()) note = row.fallback;
  if (note.empty()) return std::nullopt;
  return note;
}

std::optional<std::string> ShowScope(const Row& row, const QueueView& view) {
  if (auto note = Note(view.settings, row.name); !note.empty()) return note;
  return view.settings.deduplication.scope == model::DeduplicationScope::kGroup ? "messageGroup" : "queue";
}

// In the order of their names.
const Row kRows[] = {
    {.name = "ApproximateNumberOfMessages", .show = ShowCount<&engine::Stats::ready>},
    {.name = "ApproximateNumberOfMessagesDelayed", .show = ShowCount<&engine::Stats::delayed>},
    // What waits for its retry is not visible either.
    {.name = "ApproximateNumberOfMessagesNotVisible",
     .show = ShowCount<&engine::Stats::leased, &engine::Stats::retrying>},
    {.name = "ContentBasedDeduplication",
     .change = ChangeByContent,
     .show = [](const Row&, const QueueView& v) -> std::optional<std::string> {
       return Flag(v.settings.deduplication.by_content);
     },
     .fifo = true},
    {.name = "CreatedTimestamp",
     .show = [](const Row&, const QueueView& v) -> std::optional<std::string> { return Seconds(v.created); }},
    {.name = "DeduplicationScope", .change = ChangeScope, .show = ShowScope, .fifo = true},
    {.name = "DelaySeconds",
     .change = ChangeDelay,
     .show = [](const Row&, const QueueView& v) -> std::optional<std::string> { return Seconds(v.settings.delay); },
     .range = &Limits::delay_seconds},
    {.name = "FifoQueue",
     .change = ChangeFifo,
     .show = [](const Row&, const QueueView&) -> std::optional<std::string> { return Flag(true); },
     .fifo = true},
    {.name = "FifoThroughputLimit", .change = ChangeThroughput, .show = ShowNote, .fallback = "perQueue", .fifo = true},
    {.name = "KmsDataKeyReusePeriodSeconds",
     .change = ChangeNumberNote,
     .show = [](const Row& row, const QueueView& v) -> std::optional<std::string> {
       return Note(v.settings, "KmsMasterKeyId").empty() ? std::nullopt : ShowNote(row, v);
     },
     .range = &Limits::key_reuse_seconds,
     .fallback = "300"},
    {.name = "KmsMasterKeyId", .change = ChangeKey, .show = ShowNote},
    {.name = "LastModifiedTimestamp",
     .show = [](const Row& row, const QueueView& v) -> std::optional<std::string> {
       const std::string note = Note(v.settings, row.name);
       return note.empty() ? Seconds(v.created) : note;
     }},
    {.name = "MaximumMessageSize",
     .change = ChangeNumberNote,
     .show = [](const Row&, const QueueView& v) -> std::optional<std::string> {
       return std::to_string(MaxMessageBytes(v.settings, v.limits));
     },
     .range = &Limits::message_bytes},
    {.name = "MessageRetentionPeriod",
     .change = ChangeDelivery<&model::DeliverySettings::retention>,
     .show = ShowDelivery<&model::DeliverySettings::retention>,
     .range = &Limits::retention_seconds},
    {.name = "Policy", .change = ChangePolicy, .show = ShowNote},
    {.name = "QueueArn",
     .show = [](const Row&, const QueueView& v) -> std::optional<std::string> { return v.identity.QueueArn(v.name); }},
    {.name = "ReceiveMessageWaitTimeSeconds",
     .change = ChangeNumberNote,
     .show = ShowNote,
     .range = &Limits::wait_seconds,
     .fallback = "0"},
    {.name = "RedriveAllowPolicy",
     .change = ChangeAccess,
     .show = [](const Row& row, const QueueView& v) -> std::optional<std::string> {
       const model::DeadLetterAccess& access = v.settings.dead_letter_access;
       if (access.kind == model::DeadLetterAccess::Kind::kAll && Note(v.settings, row.name).empty())
         return std::nullopt;
       return WriteRedriveAllowPolicy(access, v.identity);
     }},
    {.name = "RedrivePolicy",
     .change = ChangeRedrive,
     .show = [](const Row&, const QueueView& v) -> std::optional<std::string> {
       const auto& policy = v.settings.delivery.redrive;
       if (!policy) return std::nullopt;
       return WriteRedrivePolicy(*policy, v.identity);
     }},
    {.name = "SqsManagedSseEnabled",
     .change = ChangeEncryption,
     .show = [](const Row& row, const QueueView& v) -> std::optional<std::string> {
       const std::string note = Note(v.settings, row.name);
       return note.empty() ? Flag(Note(v.settings, "KmsMasterKeyId").empty()) : note;
     }},
    {.name = "VisibilityTimeout",
     .change = ChangeDelivery<&model::DeliverySettings::visibility_timeout>,
     .show = ShowDelivery<&model::DeliverySettings::visibility_timeout>,
     .range = &Limits::visibility_seconds},
};

const Row* Find(std::string_view name) {
  const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& each) { return each.name == name; });
  return row == std::end(kRows) ? nullptr : &*row;
}

std::optional<std::string> ShowRow(const Row& row, const QueueView& view) {
  if (row.fifo && !view.settings.delivery.ordered) return std::nullopt;
  return row.show(row, view);
}

std::optional<Refusal> CheckTogether(const std::map<std::string_view, std::string_view>& given,
                                     const QueueDraft& draft) {
  const auto key = given.find("KmsMasterKeyId");
  const auto own = given.find("SqsManagedSseEnabled");
  if (key != given.end() && !key->second.empty() && own != given.end() && own->second == "true") {
    return Refuse(
        SqsFault::kInvalidAttributeValue,
        "You can use one type of server-side encryption at one time. You can either enable KMS encryption or SQS "
        "encryption.");
  }
  const QueueView view{draft.terms.identity, draft.limits, {}, draft.settings};
  if (Note(draft.settings, "FifoThroughputLimit") == "perMessageGroupId" &&
      ShowRow(*Find("DeduplicationScope"), view) != "messageGroup") {
    return Invalid(
        *Find("FifoThroughputLimit"),
        "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.");
  }
  return std::nullopt;
}

}  // namespace

bool IsQueueAttribute(std::string_view name) { return name == "All" || Find(name) != nullptr; }

std::optional<Refusal> SetAttributes(const Texts& attributes, QueueDraft& draft) {
  std::map<std::string_view, std::string_view> given;
  for (const auto& [name, value] : attributes) {
    const Row* const row = Find(name);
    if (row == nullptr || row->change == nullptr) return UnknownAttribute(name);
    if (row->fifo && !draft.settings.delivery.ordered) {
      // What the queue is cannot be changed, and what it is not has no other attributes of that kind.
      if (!draft.creating && row->change == ChangeFifo) return Invalid(*row, "Modifying queue type is not supported.");
      return UnknownAttribute(name);
    }
    given[row->name] = value;
  }
  for (const auto& [name, value] : given) {
    const Row& row = *Find(name);
    if (auto refusal = row.change(row, value, draft)) return refusal;
  }
  return CheckTogether(given, draft);
}

Result<Texts, Refusal> ShowAttributes(const std::vector<std::string>& names, const QueueView& view) {
  for (const std::string& name : names) {
    if (!IsQueueAttribute(name)) return UnknownAttribute(name);
  }
  const auto asked = [&](std::string_view name) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& each) { return each == "All" || each == name; });
  };
  Texts shown;
  for (const Row& row : kRows) {
    if (!asked(row.name)) continue;
    if (auto value = ShowRow(row, view)) shown.emplace_back(row.name, *std::move(value));
  }
  return shown;
}

std::optional<std::string> FirstDifference(const Texts& attributes, const QueueView& view, const QueueDraft& draft) {
  const QueueView after{view.identity, view.limits, view.name, draft.settings};
  for (const auto& [name, value] : attributes) {
    const Row& row = *Find(name);
    if (ShowRow(row, view) != ShowRow(row, after)) return name;
  }
  return std::nullopt;
}

}  // namespace broker::aws::sqs
