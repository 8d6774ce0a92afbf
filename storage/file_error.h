// An Error from errno, for the few files that storage itself opens.
#pragma once

#include <string_view>

#include "broker/base/error.h"

namespace broker::storage {

// "cannot WHAT PATH: REASON". kPermissionDenied, kStorageFull or kInternal, by `error_number`.
Error FileError(std::string_view what, std::string_view path, int error_number);

}  // namespace broker::storage
