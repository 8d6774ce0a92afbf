// What a receive takes, in order, as it is chosen; see deliver.cc. Nothing is changed for it yet, but that the position
// may have moved over what is not to be handed out now. Confined to the engine's strand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "broker/engine/stored_record.h"
#include "broker/model/filter.h"

namespace broker::engine {

// How much may be held against a filter in one turn.
struct FilterBudget {
  std::size_t records = 2'048;
  std::uint64_t bytes = 1u << 20;  // of bodies that are parsed

  // Whether it is used up.
  bool Spend(const model::Filter& filter, const StoredRecord& record) {
    --records;
    if (filter.reads_body() && !record.filtered_out) bytes -= std::min(bytes, record.size_bytes);
    return records == 0 || bytes == 0;
  }
};

struct Plan {
  std::vector<RecordPtr> retries;  // what is outstanding already
  std::vector<RecordPtr> fresh;    // chosen ones, and between them what is only stepped over
  std::vector<bool> chosen;        // for each of `fresh`
  std::size_t fresh_chosen = 0;
  std::vector<std::uint64_t> missing;  // to be read before anything can be chosen
  std::uint64_t run_from = 0;          // a run to be read; 0: none
  std::uint64_t bytes = 0;
  std::map<std::uint64_t, std::size_t> keys;  // ordering keys in it: what is handed out together may follow each other
  bool again = false;                         // an attempt asked for once more: `retries` are leased already
  bool unfinished = false;                    // it looked far enough for one turn, or over what was there: more may be

  // How many outstanding messages of an ordering key it takes along.
  std::size_t of_key(std::uint64_t key_hash) const {
    const auto found = keys.find(key_hash);
    return found == keys.end() ? 0 : found->second;
  }
  bool needs_read() const { return !missing.empty() || run_from != 0; }
  bool empty() const { return retries.empty() && fresh_chosen == 0; }
};

}  // namespace broker::engine
