// /livez says that the process answers, /readyz whether it takes work: 200 or 503, and why as JSON.
#pragma once

#include "broker/net/http.h"
#include "broker/net/router.h"
#include "broker/server/readiness.h"

namespace broker::server {

// What is answered to a request for either path. Thread-safe.
net::Response AnswerHealth(const net::Request& request, const Readiness& readiness);

// `readiness` must outlive the server that asks the router.
void AddHealthRoutes(net::Router& router, const Readiness& readiness);

}  // namespace broker::server
