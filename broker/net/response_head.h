// The header of an answer as bytes. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "broker/base/clock.h"
#include "broker/net/http.h"

namespace broker::net {

// Status line and headers up to the empty line. `date`: see HttpDate.
std::string ResponseHead(const Response& response, bool keep_alive, std::string_view date);
// 1xx, 204 and 304 have none.
bool MayHaveBody(int status);
// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string HttpDate(Time time);

}  // namespace broker::net
