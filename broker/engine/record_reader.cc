#include "broker/engine/record_reader.h"

#include <utility>

#include "broker/base/log.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"
#include "storage/record_codec.h"

namespace broker::engine {
namespace {

using storage::Family;
using storage::ReadMode;

RecordPtr Damaged(std::uint64_t log, std::uint64_t sequence, std::string_view why) {
  Log(LogLevel::kError, "record_damaged", {{"log", log}, {"sequence", sequence}, {"why", why}});
  auto record = std::make_shared<StoredRecord>();
  record->sequence = sequence;
  record->damaged = true;
  return record;
}

// A log's records never change and their keys are never used again, so an older value under a range deletion is as good
// as the one that was there: kLive spares the search for such deletions. What a dropped chunk left behind is in `kept`.
Result<RecordPtr> Load(const storage::Reader& reader, std::uint64_t log, std::uint64_t sequence);

// Null when it is an alias whose message is not there any more.
Result<RecordPtr> Parse(const storage::Reader& reader, std::uint64_t log, std::uint64_t sequence, std::string_view key,
                        std::string_view value) {
  storage::v0::LogRecord durable;
  if (const Status status = storage::Open(key, value, durable); !status.ok()) {
    return Damaged(log, sequence, status.error().message);
  }
  auto record = std::make_shared<StoredRecord>(FromRecord(sequence, durable));
  if (record->message == nullptr) {
    const model::MessageId target = record->alias->target;
    const auto source = Load(reader, target.log.value(), target.sequence.value());
    if (!source.ok() || *source == nullptr) return source;
    if ((*source)->message == nullptr) return Damaged(log, sequence, "its message is damaged");
    record->message = (*source)->message;
  }
  return RecordPtr(std::move(record));
}

Result<RecordPtr> Load(const storage::Reader& reader, std::uint64_t log, std::uint64_t sequence) {
  const std::string key = storage::PairKey(log, sequence);
  for (const Family family : {Family::kLog, Family::kKept}) {
    auto value = reader.Get(family, key, ReadMode::kLive);
    if (!value.ok() && value.error().code == ErrorCode::kDataLoss) return Damaged(log, sequence, value.error().message);
    if (!value.ok()) return std::move(value).error();
    if (!value->has_value()) continue;
    auto record = Parse(reader, log, sequence, key, **value);
    if (!record.ok() || *record != nullptr) return record;
  }
  return RecordPtr();
}

}  // namespace

Result<RecordPtr> TryReadRecord(const storage::Reader& reader, model::LogId log, std::uint64_t sequence) {
  return Load(reader, log.value(), sequence);
}

RecordPtr ReadRecord(const storage::Reader& reader, model::LogId log, std::uint64_t sequence) {
  auto record = TryReadRecord(reader, log, sequence);
  return record.ok() ? std::move(record).value() : Damaged(log.value(), sequence, record.error().message);
}

// Times ascend, so halving finds it.
Result<RecordPtr> TryLastAtOrBefore(const storage::Reader& reader, model::LogId log, std::uint64_t low,
                                    std::uint64_t high, Time cutoff) {
  RecordPtr last;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto found = TryReadRecord(reader, log, middle);
    if (!found.ok()) return found;
    const RecordPtr& record = *found;
    if (record == nullptr || record->damaged || record->append_time > cutoff) {
      high = middle;
    } else {
      last = record;
      low = middle + 1;
    }
  }
  return last;
}

RecordPtr LastAtOrBefore(const storage::Reader& reader, model::LogId log, std::uint64_t low, std::uint64_t high,
                         Time cutoff) {
  auto last = TryLastAtOrBefore(reader, log, low, high, cutoff);
  return last.ok() ? std::move(last).value() : nullptr;
}

ReadOutcome ReadRecords(const storage::Kv& kv, const ReadRequest& request) {
  const auto snapshot = kv.NewSnapshot();
  ReadOutcome outcome;
  const std::uint64_t log = request.log.value();
  const auto fail = [&](std::uint64_t sequence, const Error& error) {
    Log(LogLevel::kError, "record_not_read", {{"log", log}, {"sequence", sequence}, {"why", error.message}});
    if (!outcome.failed) outcome.failed = error;
  };
  for (const std::uint64_t sequence : request.points) {
    auto record = Load(*snapshot, log, sequence);
    if (!record.ok()) {
      fail(sequence, record.error());
    } else if (*record != nullptr) {
      outcome.records.push_back(std::move(record).value());
    }
  }
  outcome.run_end = request.run_from;
  if (request.run_from >= request.run_to || request.run_max_records == 0) return outcome;
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  bool cut = false;
  const Status status = snapshot->Scan(
      Family::kLog, storage::PairKey(log, request.run_from), storage::PairKey(log, request.run_to), ReadMode::kLive,
      [&](std::string_view key, std::string_view value) {
        if (count == request.run_max_records || bytes > request.run_max_bytes) {
          cut = true;
          return false;
        }
        const std::uint64_t sequence = storage::ReadBigEndian(key, 8);
        auto parsed = Parse(*snapshot, log, sequence, key, value);
        if (!parsed.ok()) {
          fail(sequence, parsed.error());
          cut = true;
          return false;
        }
        RecordPtr record = std::move(parsed).value();
        if (record == nullptr) record = Damaged(log, sequence, "the message it stands for is not there");
        outcome.records.push_back(std::move(record));
        bytes += outcome.records.back()->size_bytes;
        ++count;
        outcome.run_end = sequence + 1;
        return true;
      });
  if (status.ok()) {
    if (!cut) outcome.run_end = request.run_to;
  } else if (status.error().code != ErrorCode::kDataLoss) {
    fail(outcome.run_end, status.error());
  } else if (outcome.run_end < request.run_to) {
    // A block that does not hold: what lies in it is damaged record by record, and the next run begins behind this one.
    outcome.records.push_back(Damaged(log, outcome.run_end, status.error().message));
    ++outcome.run_end;
  }
  return outcome;
}

}  // namespace broker::engine
