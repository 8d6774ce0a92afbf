// What notifications are signed with: an RSA key of 2048 bits and its certificate, which signs itself. Made once per data
// folder; whoever composes keeps its text.
// Immutable and thread-safe once made.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "broker/base/clock.h"
#include "broker/base/result.h"

namespace broker::aws::sns {

class SigningKey {
 public:
  // A new one, by the randomness of OpenSSL; its certificate is good for a hundred years from `now`.
  // Errors: kInternal.
  static Result<SigningKey> Generate(Time now);
  // What ToPem wrote. Errors: kDataLoss, saying what is missing.
  static Result<SigningKey> FromPem(std::string_view pem);
  SigningKey(SigningKey&&) noexcept;
  ~SigningKey();

  // Key and certificate: a secret.
  std::string ToPem() const;
  const std::string& certificate() const;  // PEM
  // Where the certificate is served: "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem".
  const std::string& certificate_path() const;

  static constexpr std::size_t kSignatureCharacters = 344;  // of 2048 bits in base64

  enum class Digest { kSha1, kSha256 };  // signature versions 1 and 2
  // RSA PKCS #1 v1.5, in base64.
  std::string Sign(Digest digest, std::string_view text) const;

 private:
  struct Impl;
  explicit SigningKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace broker::aws::sns
