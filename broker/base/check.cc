#include "broker/base/check.h"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace broker {

void CheckFailed(const char* file, int line, const char* condition) {
  fmt::print(stderr, "fatal: {}:{}: this must hold and does not: {}\n", file, line, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace broker
