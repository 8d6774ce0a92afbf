// Whether queues with bounds have room for more. Judges only; what goes to make room is in full_queues.cc.
//
// A bound counts what is ready, leased, retrying and delayed, but not what is on its way to the dead letters. Leased and
// delayed messages are never dropped: where nothing else is left, a queue that drops its oldest is full like any other.
// So it is when its dead letters cannot be taken, or might pass no filter where they go: nothing is dropped that should be
// kept.
//
// Confined to the engine's strand.
#pragma once

#include <cstdint>
#include <map>

#include "broker/base/result.h"
#include "broker/engine/catalog.h"
#include "broker/engine/dead_letter_homes.h"
#include "broker/engine/totals.h"
#include "broker/model/filter.h"

namespace broker::engine {

enum class Room { kEnough, kByDropping, kNone };

class Bounds {
 public:
  struct Planned {  // what is about to be added to a queue
    Totals all;
    Totals delayed;
  };
  using Plans = std::map<const Queue*, Planned>;

  explicit Bounds(const DeadLetterHomes& homes) : homes_(homes) {}

  static Totals Held(const Queue& queue);  // what its bounds count
  static bool Exceeds(const Queue& queue);
  // For one more message, after what is planned.
  Room RoomFor(const Queue& queue, std::uint64_t size_bytes, const Planned& before = {}) const;
  // Whether the target takes a message after all that is planned, and adds it to that. What the dead letters of a plan take
  // up meanwhile goes beyond the bound. Errors: kLimitExceeded.
  Status Admit(Publishable target, const model::FilterInput& input, std::uint64_t size_bytes, bool delayed,
               Plans& plans) const;

 private:
  const DeadLetterHomes& homes_;
};

}  // namespace broker::engine
