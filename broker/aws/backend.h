// What the actions of both services work on. One for the face; actions keep a reference.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "broker/aws/identity.h"
#include "broker/base/clock.h"
#include "broker/base/entropy.h"
#include "broker/engine/engine.h"

namespace broker::aws {

namespace sns {
class EnvelopeRenderer;
}

struct Backend {
  engine::Engine& engine;  // on its strand only
  const Clock& clock;
  Entropy& entropy;  // thread-safe

  // The namespace that an account means.
  std::function<std::string(std::string_view account)> resolve_namespace;
  std::uint64_t folder_id = 0;  // of the data folder: message ids are unique across brokers by it
  // AWS's own limits and waiting rules (a minute between purges, a deleted name's minute); off: only the engine's.
  bool strict = true;
  // What puts a topic's message into an envelope for whoever receives it from a queue.
  sns::EnvelopeRenderer* envelopes = nullptr;

  // Who asks the engine: in the namespace of the identity's account.
  engine::Caller CallerOf(const Identity& identity) const;
};

}  // namespace broker::aws
