#include "broker/server/health_routes.h"

#include <string>
#include <utility>

namespace broker::server {

net::Response AnswerHealth(const net::Request& request, const Readiness& readiness) {
  net::Response response{200, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, {}};
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.headers.push_back({"Allow", "GET, HEAD"});
    response.body = R"({"error":"only GET and HEAD"})" "\n";
  } else if (request.path() == "/livez") {
    response.body = R"({"live":true})" "\n";
  } else {
    response.body = readiness.Json();
    if (!readiness.ready()) response.status = 503;
  }
  return response;
}

void AddHealthRoutes(net::Router& router, const Readiness& readiness) {
  for (const char* const path : {"/livez", "/readyz"}) {
    router.Add(net::Router::PathIs(path), [&readiness](net::Request request, net::Responder responder) {
      responder.Send(AnswerHealth(request, readiness));
    });
  }
}

}  // namespace broker::server
