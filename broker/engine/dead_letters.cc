// How attempts end unsettled, and what happens at the last one. A message moves to its dead-letter target in one group:
// the copy with its story, and the source settled.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/base/log.h"
#include "broker/engine/core.h"

namespace broker::engine {
namespace {

constexpr std::size_t kLeasesPerRun = 1'000;  // then others have a turn
constexpr Nanos kLongestWait = std::chrono::minutes(5);

const std::shared_ptr<const std::string>& TimedOut() {
  static const auto reason = std::make_shared<const std::string>("visibility timeout");
  return reason;
}

bool IsSpent(const Cursor& cursor, const Entry& entry) {
  return cursor.settings.redrive && entry.attempts >= cursor.settings.redrive->max_attempts;
}

// How long an entry waits after so many attempts, if nobody says otherwise. The chosen wait is stored with the entry:
// recovery draws nothing.
Nanos BackoffAfter(const Cursor& cursor, std::uint32_t attempts, Entropy& entropy) {
  if (!cursor.settings.backoff) return Nanos{0};
  const model::RetryBackoff& backoff = *cursor.settings.backoff;
  Nanos wait = backoff.minimum;
  for (std::uint32_t i = 1; i < attempts && wait > Nanos{0} && wait < backoff.maximum; ++i) wait *= 2;
  wait = std::min(wait, backoff.maximum);
  const auto tenth = static_cast<std::uint64_t>(wait.count()) / 10;
  return wait - Nanos(static_cast<std::int64_t>(entropy.Next64() % (tenth + 1)));
}

}  // namespace

void Engine::Core::EndLeases(Cursor& cursor) {
  const auto ended = cursor.outstanding.EndedLeases(now_, kLeasesPerRun);
  for (const std::uint64_t sequence : ended) {
    // An earlier one of its key may have brought it back already.
    const Entry* entry = cursor.outstanding.Find(sequence);
    if (entry != nullptr && entry->leased && entry->due <= now_) EndAttempt(cursor, sequence, TimedOut(), std::nullopt);
  }
  if (!ended.empty()) NoteUse(cursor);
  if (!ended.empty() && cursor.synced_leases()) journal_.RequireSync();
  if (ended.size() == kLeasesPerRun) MarkDirty(cursor);
}

void Engine::Core::EndAttempt(Cursor& cursor, std::uint64_t sequence, std::shared_ptr<const std::string> reason,
                              std::optional<Nanos> backoff, Attempt attempt) {
  std::vector<std::uint64_t> ended{sequence};
  if (const std::uint64_t key = cursor.outstanding.Find(sequence)->key_hash; cursor.settings.ordered && key != 0) {
    for (const std::uint64_t later : cursor.outstanding.LeasedAfter(key, sequence)) {
      if (cursor.outstanding.Find(later)->leased) ended.push_back(later);
    }
    std::sort(ended.begin(), ended.end());
  }
  std::vector<std::uint64_t> spent;
  for (const std::uint64_t each : ended) {
    Entry entry = *cursor.outstanding.Find(each);
    entry.leased = false;
    entry.due = Time{};
    const bool undone = each == sequence && attempt == Attempt::kUndone;
    const bool last = each == sequence && attempt == Attempt::kLast && cursor.settings.redrive;
    if (undone && --entry.attempts == 0) entry.first_attempt = Time{};
    if (each == sequence) {
      if (reason != nullptr) entry.reason = std::move(reason);
      const bool waits = !last && !IsSpent(cursor, entry);
      const Nanos wait = !waits ? Nanos{0} : backoff ? *backoff : BackoffAfter(cursor, entry.attempts, deps_.entropy);
      if (wait > Nanos{0}) entry.due = now_ + wait;
    }
    if (IsExpired(entry.expires)) {
      Expire(cursor, each);
      continue;
    }
    if ((last || IsSpent(cursor, entry)) && !undone) spent.push_back(each);
    PutOutstanding(cursor, each, std::move(entry));
  }
  DeadLetterAll(cursor, spent);
}

// After a change of policy and at start: what has had its attempts already goes, and does not wait for another.
void Engine::Core::SweepSpent(Cursor& cursor) {
  if (!cursor.settings.redrive) return;
  std::vector<std::uint64_t> spent;
  for (const auto& [page, entries] : cursor.outstanding.pages()) {
    for (const auto& [bit, entry] : entries) {
      if (!entry.leased && !entry.dying && IsSpent(cursor, entry)) spent.push_back(page * 64 + bit);
    }
  }
  DeadLetterAll(cursor, spent);
}

// Of one key none overtakes another because its body is at hand.
void Engine::Core::DeadLetterAll(Cursor& cursor, const std::vector<std::uint64_t>& sequences) {
  const bool at_hand = std::all_of(sequences.begin(), sequences.end(), [&](std::uint64_t each) {
    const RecordPtr record = Loaded(cursor, each);
    return record != nullptr && record->message != nullptr;
  });
  for (const std::uint64_t each : sequences) at_hand ? DeadLetter(cursor, each) : ReadAndDeadLetter(cursor, each);
}

void Engine::Core::DeadLetter(Cursor& cursor, std::uint64_t sequence) {
  const RecordPtr record = Loaded(cursor, sequence);
  if (record != nullptr && record->message != nullptr) {
    MoveToDeadLetter(cursor, sequence, *record);
  } else {
    ReadAndDeadLetter(cursor, sequence);
  }
}

void Engine::Core::ReadAndDeadLetter(Cursor& cursor, std::uint64_t sequence) {
  Entry entry = *cursor.outstanding.Find(sequence);
  entry.dying = true;
  PutOutstanding(cursor, sequence, std::move(entry));
  // One read of a cursor at a time, so that they arrive in order.
  (cursor.reading_dying ? cursor.dying_next : dying_[cursor.id.value()]).push_back(sequence);
}

void Engine::Core::ReadDying() {
  for (auto& [id, sequences] : std::exchange(dying_, {})) {
    Cursor* cursor = FindCursor(id);
    if (cursor == nullptr) continue;
    std::sort(sequences.begin(), sequences.end());
    cursor->reading_dying = true;
    const ReadRequest request{cursor->log->id, std::move(sequences)};
    const auto start = [this, cursor_id = id, request] {
      Offload<ReadOutcome>([&kv = deps_.kv, request] { return ReadRecords(kv, request); },
                           [this, cursor_id, request](const ReadOutcome& outcome) { OnReadDying(cursor_id, request, outcome); });
    };
    // A record of the tail may be one of the group being built: it can be read when that is durable.
    const bool fresh = std::any_of(request.points.begin(), request.points.end(), [cursor](std::uint64_t point) {
      return cursor->log->InTail(point) != nullptr;
    });
    fresh ? journal_.After(start) : start();
  }
}

void Engine::Core::OnReadDying(std::uint64_t cursor_id, const ReadRequest& request, const ReadOutcome& outcome) {
  Cursor* owner = FindCursor(cursor_id);
  if (owner == nullptr) return;
  owner->reading_dying = false;
  if (!owner->dying_next.empty()) dying_[cursor_id] = std::exchange(owner->dying_next, {});
  std::map<std::uint64_t, RecordPtr> loaded;
  for (const RecordPtr& record : outcome.records) loaded[record->sequence] = record;
  for (const std::uint64_t sequence : request.points) {
    const Entry* entry = owner->outstanding.Find(sequence);
    if (entry == nullptr || !entry->dying) continue;  // purged or expired meanwhile
    const auto record = loaded.find(sequence);
    if (record == loaded.end() || record->second->damaged) {
      KeepInstead(*owner, sequence, "a message's record on disk is damaged");
    } else {
      MoveToDeadLetter(*owner, sequence, *record->second);
    }
  }
  Wake(*owner);
}

void Engine::Core::AppendDeadLetter(const DeadLetterHome& home, model::MessagePtr letter,
                                    std::shared_ptr<const Alias> came_by) {
  MessageLog& log = home.log();
  const RecordPtr appended = AppendMessage(log, std::move(letter), std::nullopt, std::move(came_by));
  if (home.topic != nullptr) {
    FanOut(*home.topic, {log.id, model::Sequence(appended->sequence)}, *appended, Copies::kDeadLetters);
  }
  journal_.RequireSync();
}

void Engine::Core::MoveToDeadLetter(Cursor& cursor, std::uint64_t sequence, const StoredRecord& record) {
  const Entry& entry = *cursor.outstanding.Find(sequence);
  if (IsExpired(entry.expires)) return Expire(cursor, sequence);
  if (!cursor.settings.redrive) return KeepInstead(cursor, sequence, {});  // the policy went meanwhile
  const DeadLetterHome home = homes_.Find(cursor, input_.Of(record.message));
  if (!home.problem.empty()) return KeepInstead(cursor, sequence, home.problem);
  const model::MessageId id = record.IdIn(cursor.log->id);
  auto letter = std::make_shared<model::Message>(*record.message);
  model::DeadLetterEntry story;
  story.source = cursor.owner;
  story.source_namespace = cursor.name_space;
  story.source_cursor = cursor.id;
  story.source_id = id;
  story.attempts = entry.attempts;
  story.first_attempt = entry.first_attempt;
  story.last_attempt = entry.lease_start;
  story.dead_lettered = now_;
  if (entry.reason != nullptr) story.reason = *entry.reason;
  letter->dead_letter.push_back(std::move(story));
  const model::MessageId origin = record.OriginIn(cursor.log->id);
  letter->origin = origin != model::MessageId{} ? origin : id;
  AppendDeadLetter(home, std::move(letter), record.alias);
  RemoveOutstanding(cursor, sequence);
  cursor.dead_letter_problem.clear();
}

// Where dead-lettering cannot be done the message stays, is tried again later, and its attempts count on.
void Engine::Core::KeepInstead(Cursor& cursor, std::uint64_t sequence, const std::string& problem) {
  if (problem != cursor.dead_letter_problem) {
    cursor.dead_letter_problem = problem;
    if (!problem.empty()) {
      broker::Log(LogLevel::kWarning, "dead_letter_stuck", {{"source", cursor.owner.ToString()}, {"why", problem}});
    }
  }
  cursor.dead_letter_stuck = sequence;
  Entry entry = *cursor.outstanding.Find(sequence);
  entry.dying = false;
  entry.due = Time{};
  if (cursor.settings.redrive) {
    const std::uint32_t extra = std::min(entry.attempts - std::min(entry.attempts, cursor.settings.redrive->max_attempts), 10u);
    entry.due = now_ + std::min<Nanos>(std::chrono::seconds(1) * (1u << extra), kLongestWait);
  }
  PutOutstanding(cursor, sequence, std::move(entry));
}

}  // namespace broker::engine
