// Reads records of a log from the store, off the engine's strand. Each call sees one frozen view; records that moved to
// `kept` are found there, and aliases come with their message. Thread-safe; may block.
#pragma once

#include <cstdint>
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
};

ReadOutcome ReadRecords(const storage::Kv& kv, const ReadRequest& request);

// One record with its message; null when it is not there.
RecordPtr ReadRecord(const storage::Reader& reader, model::LogId log, std::uint64_t sequence);

// The last record in [low, high) that was appended at or before `cutoff`, or null. None of them may be missing; a
// damaged one counts as later.
RecordPtr LastAtOrBefore(const storage::Reader& reader, model::LogId log, std::uint64_t low, std::uint64_t high,
                         Time cutoff);

}  // namespace broker::engine
