#include "broker/engine/windows.h"

#include <utility>

namespace broker::engine {
namespace {

constexpr std::uint64_t kRecordBytes = 768;  // of structures around a message

std::uint64_t WindowBytes(const StoredRecord& record) {
  return kRecordBytes + (record.filtered_out ? 0 : record.size_bytes);
}

}  // namespace

RecordPtr Loaded(const Cursor& cursor, std::uint64_t sequence) {
  RecordPtr fresh = cursor.log->InTail(sequence);
  if (fresh != nullptr && fresh->message != nullptr) return fresh;
  const auto cold = cursor.window.find(sequence);
  return cold != cursor.window.end() ? cold->second : fresh;
}

void Windows::Add(Cursor& cursor, RecordPtr record) {
  const std::uint64_t bytes = WindowBytes(*record);
  const std::uint64_t sequence = record->sequence;
  if (!cursor.window.emplace(sequence, std::move(record)).second) return;
  cursor.window_bytes += bytes;
  bytes_ += bytes;
  filled_[cursor.id.value()] = &cursor;
}

void Windows::Forget(Cursor& cursor, std::uint64_t sequence) {
  const auto cold = cursor.window.find(sequence);
  if (cold == cursor.window.end()) return;
  const std::uint64_t bytes = WindowBytes(*cold->second);
  cursor.window_bytes -= bytes;
  bytes_ -= bytes;
  cursor.window.erase(cold);
  if (cursor.window.empty()) filled_.erase(cursor.id.value());
}

void Windows::Drop(Cursor& cursor) {
  bytes_ -= cursor.window_bytes;
  cursor.window_bytes = 0;
  cursor.window.clear();
  cursor.ahead = {};
  cursor.reading = false;
  ++cursor.read_epoch;
  filled_.erase(cursor.id.value());
}

void Windows::Trim() {
  for (auto it = filled_.begin(); it != filled_.end() && bytes_ > budget_bytes_;) {
    Cursor& cursor = *(it++)->second;
    if (cursor.waiters.empty()) Drop(cursor);
  }
}

}  // namespace broker::engine
