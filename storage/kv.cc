#include "storage/kv.h"

namespace broker::storage {

std::string_view ToString(Family family) {
  switch (family) {
    case Family::kMeta: return "meta";
    case Family::kCatalog: return "catalog";
    case Family::kLog: return "log";
    case Family::kKept: return "kept";
    case Family::kOutstanding: return "outstanding";
    case Family::kSchedule: return "schedule";
    case Family::kDedup: return "dedup";
    case Family::kMarks: return "marks";
    case Family::kTasks: return "tasks";
    case Family::kIdempotency: return "idempotency";
  }
  return "unknown";
}

}  // namespace broker::storage
