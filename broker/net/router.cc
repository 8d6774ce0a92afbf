#include "broker/net/router.h"

#include <utility>

namespace broker::net {

void Router::Add(Match match, Handler handler) {
  const MutexLock lock(mutex_);
  auto routes = std::make_shared<Routes>(*routes_);
  routes->push_back({std::move(match), std::move(handler)});
  routes_ = std::move(routes);
}

void Router::Handle(Request request, Responder responder) const {
  std::shared_ptr<const Routes> routes;
  {
    const MutexLock lock(mutex_);
    routes = routes_;
  }
  for (const Route& route : *routes) {
    if (route.match(request)) return route.handler(std::move(request), std::move(responder));
  }
  responder.Send(Response{404, {{"Content-Type", "application/json"}}, R"({"error":"nothing is served here"})" "\n"});
}

Router::Match Router::PathIs(std::string path) {
  return [path = std::move(path)](const Request& request) { return request.path() == path; };
}

Router::Match Router::PathBegins(std::string prefix) {
  return [prefix = std::move(prefix)](const Request& request) { return request.path().starts_with(prefix); };
}

}  // namespace broker::net
