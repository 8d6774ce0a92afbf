#include "broker/server/signing_key_file.h"

#include <fmt/format.h>

#include <utility>

#include "broker/base/log.h"
#include "storage/whole_file.h"

namespace broker::server {

Result<aws::sns::SigningKey> OpenSigningKey(const std::string& folder, const Clock& clock) {
  const std::string path = folder + "/notification-key.pem";
  auto kept = storage::ReadWholeFile(path);
  if (!kept.ok()) return std::move(kept).error();
  if (*kept) {
    auto key = aws::sns::SigningKey::FromPem(**kept);
    if (key.ok()) return key;
    Error error = std::move(key).error();
    error.message = fmt::format("{}: {}. Restore it, or remove it: then another is made", path, error.message);
    error.resource = path;
    return error;
  }
  auto made = aws::sns::SigningKey::Generate(clock.Wall());
  if (!made.ok()) return made;
  constexpr std::uint32_t kOwnerOnly = 0600;
  BROKER_RETURN_IF_ERROR(storage::WriteWholeFile(folder, path, made->ToPem(), kOwnerOnly));
  Log(LogLevel::kInfo, "notification_key_made", {{"file", path}});
  return made;
}

}  // namespace broker::server
