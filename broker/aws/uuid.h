// Random UUIDs. Thread-safe where the entropy is.
#pragma once

#include <string>

#include "broker/base/entropy.h"

namespace broker::aws {

// Version 4, variant 1, in lower case.
std::string NewUuid(Entropy& entropy);

}  // namespace broker::aws
