// A place in a log, as a search for a time finds it.
#pragma once

#include <cstdint>

#include "broker/engine/totals.h"

namespace broker::engine {

struct Place {
  std::uint64_t sequence = 0;  // of the first record at or after the time
  Totals below;                // the log's totals below it
  bool exact = false;          // otherwise there may have been earlier ones, which are not stored any more
};

}  // namespace broker::engine
