// A durable task on its way: what is stored of it, and what it needs for its next step. See tasks.cc.
// Confined to the engine's strand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "broker/engine/commands.h"
#include "broker/engine/stored_record.h"
#include "broker/model/filter.h"

namespace broker::engine {

constexpr const char* kReplayTask = "replay";  // its kind

struct Task {
  TaskInfo info;
  std::string name_space;
  std::uint64_t source_cursor = 0;
  std::optional<model::Filter> filter;
  std::uint64_t next = 1;  // sequence where it goes on
  std::uint64_t end = 1;
  Time paced_until{};  // with a rate: no step before
  bool reading = false;
  std::map<std::uint64_t, RecordPtr> loaded;  // records that were read for the steps to come
  std::uint64_t destination_log = 0;          // 0: none
  // Of a replay.
  std::uint64_t end_messages = 0;  // the source log's total below `end`
  std::string delivery_format;

  // So many more are left where they are; each reason is noted once, and the first kMaxNotes.
  void NoteLeft(std::string note, std::uint64_t messages = 1) {
    info.left += messages;
    auto& notes = info.notes;
    if (notes.size() < kMaxNotes && std::find(notes.begin(), notes.end(), note) == notes.end())
      notes.push_back(std::move(note));
  }
  // The same, of one that has no source to go back to.
  void NoteHomeless(std::string note) {
    ++info.homeless;
    NoteLeft(std::move(note));
  }
  static constexpr std::size_t kMaxNotes = 10;
};

// How a step of a task ended. kReading: the task runs again when what it asked for is there.
enum class StepEnd { kMore, kReading, kDone, kFailed };
struct Step {
  StepEnd end = StepEnd::kMore;
  std::string reason;  // of kFailed
};

}  // namespace broker::engine
