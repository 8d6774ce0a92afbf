// Which face takes a request: one listener serves them all, and each adds what it takes.
//
// Routes are asked in the order of adding, and the first that matches gets the request; none: 404. They may be added
// while requests come in, so that a face which starts late finds the listener already answering for the others.
// Thread-safe. A handler runs on the thread that called Handle, under its rules (server.h).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/base/mutex.h"
#include "broker/net/server.h"

namespace broker::net {

class Router {
 public:
  using Match = std::function<bool(const Request&)>;

  void Add(Match match, Handler handler);
  void Handle(Request request, Responder responder) const;

  static Match PathIs(std::string path);
  static Match PathBegins(std::string prefix);  // as text: "/v1/" does not match "/v1"

 private:
  struct Route {
    Match match;
    Handler handler;
  };
  using Routes = std::vector<Route>;

  mutable Mutex mutex_;
  // Shared with the requests that are being routed; replaced as a whole.
  std::shared_ptr<const Routes> routes_ BROKER_GUARDED_BY(mutex_) = std::make_shared<const Routes>();
};

}  // namespace broker::net
