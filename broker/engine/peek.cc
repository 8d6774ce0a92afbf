// Looking at messages, and at who receives them, without touching anything. A page is put together from the outstanding
// set and the store, off the strand; it shows what was there when it was asked for.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "broker/engine/core.h"
#include "broker/model/limits.h"
#include "storage/keys.h"

namespace broker::engine {
namespace {

using storage::Family;

constexpr std::uint64_t kPageBytes = 3u << 20;
constexpr std::size_t kPageRecords = 20'000;
constexpr std::size_t kFilteredStep = 1'024;

// Where a page begins: a due time (delayed messages only) and a sequence.
struct Token {
  std::int64_t due_ms = 0;
  std::uint64_t sequence = 0;

  std::string ToString() const { return fmt::format("{}.{}", due_ms, sequence); }
  static Result<Token> Parse(const std::string& text) {
    Token token;
    if (text.empty()) return token;
    const char* end = text.data() + text.size();
    const auto due = std::from_chars(text.data(), end, token.due_ms);
    if (due.ec == std::errc() && due.ptr != end && *due.ptr == '.') {
      const auto sequence = std::from_chars(due.ptr + 1, end, token.sequence);
      if (sequence.ec == std::errc() && sequence.ptr == end && token.due_ms >= 0) return token;
    }
    return InvalidField("page_token", fmt::format("\"{}\" is not one that a page gave", text.substr(0, 64)));
  }
};

PeekedMessage Show(const StoredRecord& record, model::LogId log, MessageState state) {
  PeekedMessage shown;
  shown.message = record.message;
  shown.id = record.IdIn(log);
  shown.origin = record.OriginIn(log);
  shown.state = state;
  if (record.alias != nullptr) {
    shown.subscription = record.alias->subscription;
    shown.delivery_format = record.alias->delivery_format;
  }
  return shown;
}

MessageState StateOf(const Entry& entry, Time now) {
  if (entry.leased) return MessageState::kLeased;
  return entry.due > now ? MessageState::kRetrying : MessageState::kReady;
}

// The page of delayed messages from `from` on. Errors: the store's.
Result<ListPage<PeekedMessage>> DelayedPage(const storage::Kv& kv, model::LogId log, Token from, std::size_t page_size) {
  ListPage<PeekedMessage> page;
  std::uint64_t bytes = 0;
  std::optional<Error> failed;
  const Status status = kv.Scan(
      Family::kSchedule, storage::TripleKey(log.value(), static_cast<std::uint64_t>(from.due_ms), from.sequence),
      storage::PairKey(log.value() + 1, 0), storage::ReadMode::kExact, [&](std::string_view key, std::string_view) {
        const Token at{static_cast<std::int64_t>(storage::ReadBigEndian(key, 8)), storage::ReadBigEndian(key, 16)};
        if (page.items.size() == page_size || bytes > kPageBytes) {
          page.next_page_token = at.ToString();
          return false;
        }
        auto found = TryReadRecord(kv, log, at.sequence);
        if (!found.ok()) {
          failed = std::move(found).error();
          return false;
        }
        const RecordPtr record = std::move(found).value();
        if (record == nullptr || record->damaged) return true;
        bytes += record->size_bytes;
        page.items.push_back(Show(*record, log, MessageState::kDelayed));
        page.items.back().until = Time(Millis(at.due_ms));
        return true;
      });
  if (!status.ok()) return status.error();
  if (failed) return *std::move(failed);
  return page;
}

}  // namespace

void Engine::Core::Peek(const Caller& caller, const PeekRequest& request, Done<ListPage<PeekedMessage>> done) {
  using Page = ListPage<PeekedMessage>;
  const auto refuse = [&](const Error& error) { Answer(std::move(done), Result<Page>(error)); };
  if (request.page_size < 1 || request.page_size > model::kMaxListPage) {
    return refuse(InvalidField("page_size", fmt::format("{} is outside 1 to {}", request.page_size, model::kMaxListPage)));
  }
  const auto token = Token::Parse(request.page_token);
  if (!token.ok()) return refuse(token.error());
  const auto answer = [this, done](Result<Page> page) { Answer(done, std::move(page)); };

  if (request.state == MessageState::kDelayed) {
    auto found = catalog_.FindPublishable(caller, request.source);
    if (!found.ok()) return refuse(found.error());
    const MessageLog& log = found->log();
    if (!log.ordered || log.delay == Nanos{0}) {
      return Offload<Result<Page>>([&kv = deps_.kv, id = log.id, from = *token, size = request.page_size] {
                                     return DelayedPage(kv, id, from, size);
                                   },
                                   answer);
    }
  }
  auto found = catalog_.FindReceivable(caller, request.source);
  if (!found.ok()) return refuse(found.error());
  Cursor& cursor = **found;
  const MessageLog& log = *cursor.log;
  MoveDue(cursor);
  std::map<std::uint64_t, Entry> entries;
  ReadRequest read{log.id, {}};
  std::optional<std::uint64_t> more;  // outstanding ones from here on are for the next page, however many of these show
  for (auto at = cursor.outstanding.NextFrom(token->sequence); at; at = cursor.outstanding.NextFrom(*at + 1)) {
    const Entry& entry = *cursor.outstanding.Find(*at);
    if (StateOf(entry, now_) != request.state) continue;
    if (entries.size() > request.page_size) {
      more = *at;
      break;
    }
    entries[*at] = entry;
  }
  // Of an ordered log with a delay the head is ready and the rest is delayed.
  const Nanos head_delay = log.ordered ? log.delay : Nanos{0};
  const bool unread = request.state == MessageState::kReady || (request.state == MessageState::kDelayed && log.ordered);
  const std::uint64_t run_from = std::max(token->sequence, cursor.first_unread());
  const std::uint64_t run_to = !unread ? run_from : more ? std::min(*more, log.next_sequence) : log.next_sequence;
  // Above the position an entry is one that this cursor alone sees (redriven): it shows in its place among the unread.
  for (const auto& [sequence, entry] : entries) {
    if (sequence < run_from || !unread) read.points.push_back(sequence);
  }

  Offload<Result<Page>>(
      [&kv = deps_.kv, read, entries, more, run_from, run_to, head_delay, now = now_, state = request.state,
       size = request.page_size, id = log.id, filter = cursor.filter]() -> Result<Page> {
        Page page;
        std::uint64_t bytes = 0;
        // True when the page is full: `sequence` begins the next one.
        const auto full = [&](std::uint64_t sequence) {
          if (page.items.size() < size && bytes <= kPageBytes) return false;
          page.next_page_token = Token{0, sequence}.ToString();
          return true;
        };
        // What is held and shown is an entry: redriven, for this cursor alone.
        const auto there = [&filter](const StoredRecord& record) {
          return record.held || !filter || filter->Matches(record.message->content);
        };
        const auto show_entry = [&](const StoredRecord& record, const Entry& entry) {
          page.items.push_back(Show(record, id, state));
          PeekedMessage& shown = page.items.back();
          shown.attempts = entry.attempts;
          if (state != MessageState::kReady) shown.until = entry.due;
          if (entry.reason != nullptr) shown.last_reason = *entry.reason;
          bytes += record.size_bytes;
        };
        const ReadOutcome outstanding = ReadRecords(kv, read);
        if (outstanding.failed) return *outstanding.failed;
        for (const RecordPtr& record : outstanding.records) {
          if (record->damaged || !there(*record)) continue;
          if (full(record->sequence)) return page;
          show_entry(*record, entries.at(record->sequence));
        }
        std::uint64_t from = run_from;
        std::size_t looked_at = 0;
        while (from < run_to) {
          // A page of a filtered subscription ends after so many, full or not.
          if (filter && looked_at >= kPageRecords) {
            page.next_page_token = Token{0, from}.ToString();
            return page;
          }
          const std::size_t step = filter ? std::max(size + 1, kFilteredStep) : size + 1;
          const ReadOutcome outcome = ReadRecords(kv, {id, {}, from, run_to, step, kPageBytes});
          if (outcome.failed) return *outcome.failed;
          looked_at += outcome.records.size();
          for (const RecordPtr& record : outcome.records) {
            if (record->damaged || !there(*record)) continue;
            if (const auto entry = entries.find(record->sequence); entry != entries.end()) {
              if (full(record->sequence)) return page;
              show_entry(*record, entry->second);
              continue;
            }
            if (record->held) continue;
            const bool delayed = record->append_time + head_delay > now;
            if (delayed != (state == MessageState::kDelayed)) continue;
            if (full(record->sequence)) return page;
            page.items.push_back(Show(*record, id, state));
            if (delayed) page.items.back().until = record->append_time + head_delay;
            bytes += record->size_bytes;
          }
          if (outcome.run_end <= from) break;
          from = outcome.run_end;
        }
        if (more) page.next_page_token = Token{0, *more}.ToString();
        return page;
      },
      answer);
}

Result<std::vector<ConsumerInfo>> Engine::Core::ListConsumers(const Caller& caller, const model::Target& source) {
  auto found = catalog_.FindReceivable(caller, source);
  if (!found.ok()) return found.error();
  return (*found)->consumers.List(now_, (*found)->outstanding);
}

}  // namespace broker::engine
