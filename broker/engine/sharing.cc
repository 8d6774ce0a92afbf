// Fair sharing between the groups of an unordered cursor: whoever has the fewest messages in flight goes first, so that one
// that publishes much, or works slowly, delays nobody else. Groups show themselves up to kShareAhead messages ahead of the
// position. While only one does, a receive is as for a cursor without keys; when there are more, the position moves ahead
// over what waits, which becomes outstanding and ready, and the choice is among that.
#include <algorithm>
#include <utility>

#include "broker/engine/core.h"
#include "broker/engine/plan.h"
#include "broker/model/limits.h"

namespace broker::engine {
namespace {

constexpr std::size_t kShareAhead = 2'000;

}  // namespace

bool Engine::Core::Shares(Cursor& cursor) {
  const Groups& groups = cursor.outstanding.groups();
  const MessageLog& log = *cursor.log;
  if (groups.keyed() == 0 && log.last_keyed < cursor.first_unread()) return false;
  if (groups.size() > 1) return true;
  Cursor::Ahead& ahead = cursor.ahead;
  const std::uint64_t unread = cursor.first_unread();
  if (ahead.to <= unread) ahead = {unread, std::nullopt};
  if (groups.size() == 1 && ahead.group && *ahead.group != groups.only()) return true;
  FilterBudget budget;
  bool spent = false;
  for (; !spent && ahead.to < log.next_sequence && ahead.to < unread + kShareAhead; ++ahead.to) {
    const RecordPtr record = Loaded(cursor, ahead.to);
    if (record == nullptr) {
      if (ahead.group.value_or(0) != 0) ReadAhead(cursor, ahead.to);
      break;
    }
    const auto passes = input_.Passes(cursor, *record);
    if (!passes) break;
    if (cursor.filter) spent = budget.Spend(*cursor.filter, *record);
    if (!*passes || record->held || record->damaged || IsExpired(record->expires)) continue;
    const std::uint64_t known = ahead.group ? *ahead.group : groups.size() == 1 ? groups.only() : record->key_hash;
    if (record->key_hash != known) return true;
    ahead.group = known;
  }
  return false;
}

// Only while there is room in plenty: what is read too early is read twice.
void Engine::Core::ReadAhead(Cursor& cursor, std::uint64_t from) {
  if (!cursor.reading && windows_.has_plenty()) StartRead(cursor, {}, from, kShareAhead);
}

std::optional<std::uint64_t> Engine::Core::StepAhead(Cursor& cursor, Plan& plan, std::size_t untried) {
  const MessageLog& log = *cursor.log;
  const Outstanding& outstanding = cursor.outstanding;
  FilterBudget budget;
  while (outstanding.groups().untried() < untried && outstanding.size() < model::kMaxOutstanding &&
         cursor.first_unread() < log.next_sequence && !plan.unfinished) {
    const std::uint64_t sequence = cursor.first_unread();
    const RecordPtr record = Loaded(cursor, sequence);
    const auto passes = record == nullptr ? std::nullopt : input_.Passes(cursor, *record);
    if (!passes) return sequence;
    if (cursor.filter) plan.unfinished = budget.Spend(*cursor.filter, *record);
    if (!*passes) {
      SkipUnmatched(cursor, *record);
    } else if (record->held || record->damaged || IsExpired(record->expires)) {
      StepOver(cursor, *record, record->damaged);
    } else {
      // Not StepOver: what was read of it will be wanted.
      PutOutstanding(cursor, record->sequence, FreshEntry(*record, now_));
      MovePast(cursor, *record);
    }
  }
  return std::nullopt;
}

void Engine::Core::PlanShared(Cursor& cursor, Plan& plan, std::size_t limit, std::uint64_t max_bytes, bool several) {
  const std::size_t most_tried = (limit + 1) / 2;
  std::optional<std::uint64_t> unread;
  std::vector<std::uint64_t> chosen;
  // What expired makes room for what is further ahead.
  do {
    unread = StepAhead(cursor, plan, several ? std::max(limit, kShareAhead) : limit);
    chosen = cursor.outstanding.groups().Share(limit, most_tried);
  } while (DropExpired(cursor, chosen));
  if (unread) {
    const auto tried = static_cast<std::size_t>(std::count_if(
        chosen.begin(), chosen.end(), [&](std::uint64_t each) { return cursor.outstanding.Find(each)->tried(); }));
    if (chosen.size() < limit || tried > most_tried) {
      // At hand without its message, which the filter looks at: read by itself.
      const bool bare = cursor.log->InTail(*unread) != nullptr;
      if (bare) plan.missing.push_back(*unread);
      if (!bare) plan.run_from = *unread;
      return;
    }
    if (cursor.log->InTail(*unread) == nullptr) ReadAhead(cursor, *unread);
  }
  PlanOutstanding(cursor, plan, chosen, max_bytes);
  std::sort(plan.retries.begin(), plan.retries.end(),
            [](const RecordPtr& a, const RecordPtr& b) { return a->sequence < b->sequence; });
}

}  // namespace broker::engine
