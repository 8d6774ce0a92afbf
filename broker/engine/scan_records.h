// What opening a store reads: families of records, each held against its checksum. Of the strand.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "storage/keys.h"
#include "storage/kv.h"
#include "storage/record_codec.h"

namespace broker::engine {

inline Error Orphan(std::string_view what, std::uint64_t id, std::string_view needs) {
  return Error(ErrorCode::kDataLoss, "CATALOG_INCOMPLETE",
               fmt::format("{} {} names {} that is not in the catalog; the data folder is damaged", what, id, needs));
}

// Visits a family as parsed records; the first one that does not hold ends it with its error.
template <class Record, class Visit>
Status ScanRecords(const storage::Kv& kv, storage::Family family, const std::string& from, const std::string& to, Visit visit) {
  Status outcome;
  const Status scanned = kv.Scan(family, from, to, storage::ReadMode::kExact, [&](std::string_view key, std::string_view value) {
    Record record;
    outcome = storage::Open(key, value, record);
    if (outcome.ok()) outcome = visit(key, record);
    return outcome.ok();
  });
  if (!scanned.ok()) return scanned;
  return outcome;
}

template <class Record, class Visit>
Status ScanKind(const storage::Kv& kv, storage::Family family, char kind, Visit visit) {
  return ScanRecords<Record>(kv, family, std::string(1, kind), std::string(1, static_cast<char>(kind + 1)),
                             [&](std::string_view key, const Record& record) { return visit(storage::ReadBigEndian(key, 1), record); });
}

}  // namespace broker::engine
