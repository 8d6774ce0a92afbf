// The key that notifications are signed with, in FOLDER/notification-key.pem: made at the first start, and kept, so that a
// certificate that was fetched once verifies what comes later. Whoever has the file can sign as this broker; without it a
// start makes another.
#pragma once

#include <string>

#include "broker/aws/sns/signing_key.h"
#include "broker/base/clock.h"
#include "broker/base/result.h"

namespace broker::server {

// Errors: kDataLoss for a file that holds no key; those of the file system, naming it.
Result<aws::sns::SigningKey> OpenSigningKey(const std::string& folder, const Clock& clock);

}  // namespace broker::server
