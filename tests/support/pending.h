// An answer that may not be there yet. Copies share it; it outlives an engine that dies before answering.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "broker/base/check.h"
#include "broker/engine/commands.h"

namespace broker::test {

template <class T>
class Pending {
 public:
  // What to give to the command. Called more than once, it ends the test: an answer comes exactly once.
  engine::Done<T> done() const {
    return [slot = slot_](Result<T> result) {
      BROKER_CHECK(!slot->has_value());
      slot->emplace(std::move(result));
    };
  }
  bool answered() const { return slot_->has_value(); }
  // REQUIRES: answered()
  Result<T>& result() const {
    BROKER_CHECK(answered());
    return **slot_;
  }

 private:
  std::shared_ptr<std::optional<Result<T>>> slot_ = std::make_shared<std::optional<Result<T>>>();
};

}  // namespace broker::test
