// A page of what lies in a dead-letter queue, over all states of messages: the engine looks at one state at a time.
//
// A page's token is "STATE.TOKEN": which state comes next, and where in it.
// Thread contract: on the strand.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "broker/engine/engine.h"
#include "broker/native/admin_call.h"
#include "broker/v1/dead_letters.pb.h"

namespace broker::native {

struct DeadLetterPlace {
  std::size_t state = 0;  // index into the order in which states are looked at
  std::string token;      // the engine's, in that state

  std::string ToString() const;
  // Empty text is the beginning. Errors: kInvalidArgument.
  static Result<DeadLetterPlace> Parse(std::string_view text);
};

// Answers with up to `page_size` messages, and fewer when they are large, from `place` on.
void ListDeadLetters(engine::Engine& engine, const engine::Caller& caller, std::string queue, std::size_t page_size,
                     DeadLetterPlace place, Answer<v1::ListDeadLettersResponse> answer);

}  // namespace broker::native
