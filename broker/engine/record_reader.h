// Reads records of a log from the store, off the engine's strand. Each call sees one frozen view; records that moved to
// `kept` are found there, and aliases come with their message. Thread-safe; may block.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "broker/base/result.h"
#include "broker/engine/stored_record.h"
#include "storage/kv.h"

namespace broker::engine {

struct ReadRequest {
  model::LogId log;
  std::vector<std::uint64_t> points;  // ascending sequences
  // Then a run: from `run_from` up to but without `run_to`, at most so many records, ending after `run_max_bytes`.
  std::uint64_t run_from = 0;
  std::uint64_t run_to = 0;
  std::size_t run_max_records = 0;
  std::uint64_t run_max_bytes = 1u << 20;
};

struct ReadOutcome {
  std::vector<RecordPtr> records;  // points that are not there are left out; damaged ones say so
  std::uint64_t run_end = 0;       // the run is complete below this sequence
  // Why some could not be read just now: points that are left out may be there, and the run may have ended early.
  std::optional<Error> failed;
};

ReadOutcome ReadRecords(const storage::Kv& kv, const ReadRequest& request);

// One record with its message; null when it is not there. Errors: the store's, when it cannot be read just now. What the
// store or its checksum calls damaged is a record that says so.
Result<RecordPtr> TryReadRecord(const storage::Reader& reader, model::LogId log, std::uint64_t sequence);
// The same; what cannot be read just now counts as damaged.
RecordPtr ReadRecord(const storage::Reader& reader, model::LogId log, std::uint64_t sequence);

// The last record in [low, high) that was appended at or before `cutoff`, or null. None of them may be missing; a
// damaged one counts as later. Errors: as TryReadRecord.
Result<RecordPtr> TryLastAtOrBefore(const storage::Reader& reader, model::LogId log, std::uint64_t low,
                                    std::uint64_t high, Time cutoff);
// The same; null, too, when one cannot be read just now.
RecordPtr LastAtOrBefore(const storage::Reader& reader, model::LogId log, std::uint64_t low, std::uint64_t high,
                         Time cutoff);

}  // namespace broker::engine
