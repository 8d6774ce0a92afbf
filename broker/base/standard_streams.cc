#include "broker/base/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include "broker/base/check.h"

namespace broker {

void FillClosedStandardStreams() {
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
    if (::fcntl(number, F_GETFD) != -1) continue;
    // The lowest free number, which is this one, and opened the wrong way round.
    const int opened = ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    BROKER_CHECK(opened == number);
  }
}

}  // namespace broker
