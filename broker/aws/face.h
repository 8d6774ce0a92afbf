// The face composed: every action of both services over one engine, behind one dispatcher, and the certificate of what is
// signed.
//
// Thread contract: that of Dispatcher.
#pragma once

#include <functional>
#include <string>

#include "broker/aws/backend.h"
#include "broker/aws/dispatcher.h"
#include "broker/aws/sns/envelope.h"
#include "broker/aws/sns/signing_key.h"
#include "broker/base/executor.h"
#include "broker/net/router.h"

namespace broker::aws {

class Face {
 public:
  // `strand` is the engine's. Backend::envelopes is set here.
  Face(Naming naming, Backend backend, sns::SigningKey key, Executor& strand);

  // Takes what is for this face. REQUIRES: the face outlives the server that routes by it.
  void AddTo(net::Router& router);

  // On the strand; see Dispatcher.
  void Drain(std::function<void()> idle) { dispatcher_.Drain(std::move(idle)); }

 private:
  const std::string base_path_;  // of the daemon's own URL
  const sns::SigningKey key_;
  sns::EnvelopeRenderer envelopes_;
  const Backend backend_;
  Dispatcher dispatcher_;
};

}  // namespace broker::aws
