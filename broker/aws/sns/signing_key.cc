#include "broker/aws/sns/signing_key.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

#include "broker/aws/wire/base64.h"
#include "broker/base/check.h"
#include "broker/base/hash.h"

namespace broker::aws::sns {
namespace {

constexpr unsigned kKeyBits = 2048;
constexpr std::time_t kCertificateLife = std::time_t{100} * 365 * 24 * 3600;

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Free<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Free<BIO_free_all>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

Error Failed(std::string_view what) {
  return Error(ErrorCode::kInternal, "SIGNING_KEY_FAILED", fmt::format("cannot {}", what));
}
Error Damaged(std::string_view what) {
  return Error(ErrorCode::kDataLoss, "SIGNING_KEY_DAMAGED", fmt::format("the signing key is damaged: {}", what));
}

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

CertificatePtr MakeCertificate(EVP_PKEY* key, Time now) {
  CertificatePtr certificate(X509_new());
  const std::time_t from = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  X509_NAME* const name = certificate ? X509_get_subject_name(certificate.get()) : nullptr;
  const bool made =
      name != nullptr && X509_set_version(certificate.get(), 2) == 1 &&
      ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1) == 1 &&
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), from) != nullptr &&
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), from + kCertificateLife) != nullptr &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>("brokerd notifications"), -1, -1, 0) == 1 &&
      X509_set_issuer_name(certificate.get(), name) == 1 && X509_set_pubkey(certificate.get(), key) == 1 &&
      X509_sign(certificate.get(), key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

}  // namespace

struct SigningKey::Impl {
  KeyPtr key;
  CertificatePtr x509;
  std::string certificate;
  std::string path;

  static std::unique_ptr<Impl> Of(KeyPtr key, CertificatePtr x509) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    if (!bio || PEM_write_bio_X509(bio.get(), x509.get()) != 1) return nullptr;
    auto impl = std::make_unique<Impl>();
    impl->key = std::move(key);
    impl->x509 = std::move(x509);
    impl->certificate = TextOf(bio.get());
    impl->path = fmt::format("/SimpleNotificationService-{}.pem", HexEncode(Sha256(impl->certificate).substr(0, 16)));
    return impl;
  }
};

SigningKey::SigningKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::Generate(Time now) {
  KeyPtr key(EVP_RSA_gen(kKeyBits));
  if (!key) return Failed("make a key");
  CertificatePtr certificate = MakeCertificate(key.get(), now);
  if (!certificate) return Failed("make a certificate");
  auto impl = Impl::Of(std::move(key), std::move(certificate));
  if (!impl) return Failed("write a certificate");
  return SigningKey(std::move(impl));
}

Result<SigningKey> SigningKey::FromPem(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return Failed("read a key");
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return Damaged("there is no private key in it");
  CertificatePtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return Damaged("there is no certificate in it");
  if (X509_check_private_key(certificate.get(), key.get()) != 1) return Damaged("its certificate is of another key");
  auto impl = Impl::Of(std::move(key), std::move(certificate));
  if (!impl) return Failed("write a certificate");
  return SigningKey(std::move(impl));
}

std::string SigningKey::ToPem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  BROKER_CHECK(bio &&
               PEM_write_bio_PrivateKey(bio.get(), impl_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return TextOf(bio.get()) + impl_->certificate;
}

const std::string& SigningKey::certificate() const { return impl_->certificate; }
const std::string& SigningKey::certificate_path() const { return impl_->path; }

std::string SigningKey::Sign(Digest digest, std::string_view text) const {
  const EVP_MD* const hash = digest == Digest::kSha1 ? EVP_sha1() : EVP_sha256();
  const DigestPtr context(EVP_MD_CTX_new());
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  BROKER_CHECK(context && EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, impl_->key.get()) == 1 &&
               EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1);
  std::string signature(size, '\0');
  BROKER_CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                              text.size()) == 1);
  signature.resize(size);
  return Base64Encode(signature);
}

}  // namespace broker::aws::sns
