// BROKER_CHECK(condition): ends the process with the condition's text when it does not hold, in every build.
// For programmers' errors only; no input of a client may reach a failing one.
#pragma once

namespace broker {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);

}  // namespace broker

#define BROKER_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::broker::CheckFailed(__FILE_NAME__, __LINE__, #condition))
