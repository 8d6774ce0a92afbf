// Cold records that were read for a cursor and will be needed soon: each cursor has a window of them. All windows share one
// budget; when it is spent, those of cursors that nobody waits for go. Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>

#include "broker/engine/cursor.h"

namespace broker::engine {

// What is at hand of a cursor's log; null: it has to be read first. A record of the tail may come without its message;
// the window's has it.
RecordPtr Loaded(const Cursor& cursor, std::uint64_t sequence);

class Windows {
 public:
  explicit Windows(std::uint64_t budget_bytes) : budget_bytes_(budget_bytes) {}

  // No effect if it is there.
  void Add(Cursor& cursor, RecordPtr record);
  // It will not be needed again.
  void Forget(Cursor& cursor, std::uint64_t sequence);
  // All of it; what is being read for it is dropped when it comes, too. Before a cursor goes.
  void Drop(Cursor& cursor);
  // Back into the budget, as far as nobody waits.
  void Trim();
  // Whether there is room for what may not be needed.
  bool has_plenty() const { return bytes_ < budget_bytes_ / 2; }

 private:
  std::uint64_t budget_bytes_;
  std::uint64_t bytes_ = 0;
  std::map<std::uint64_t, Cursor*> filled_;  // by id
};

}  // namespace broker::engine
