// The envelope in which a topic's message comes out of a queue that subscribes without raw delivery: a JSON object, made
// when it is received, in the terms of whoever receives it.
//
// A message of a FIFO topic has a sequence number and is not signed; any other is signed over its parts
// (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html). A body that is no text goes in
// base64, and the attribute kBodyEncodingAttribute says so.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "broker/aws/identity.h"
#include "broker/aws/sns/signing_key.h"
#include "broker/base/clock.h"
#include "broker/base/mutex.h"
#include "broker/engine/commands.h"
#include "broker/model/message.h"

namespace broker::aws::sns {

// What the envelope says.
struct Notification {
  std::string message_id;
  std::string sequence_number;  // of a FIFO topic's; else empty
  std::string topic_arn;
  std::string subject;  // empty: none
  std::string message;
  Time timestamp{};
  std::string unsubscribe_url;
  model::Attributes attributes;
};

// What is signed: "Key\nValue\n" for each part, in the order of the keys.
std::string TextToSign(const Notification& notification);

struct EnvelopeSignature {
  std::string version;  // "1", "2"
  std::string signature;
  std::string certificate_url;
};
// The JSON text, laid out as the real service does. Pure.
std::string RenderEnvelope(const Notification& notification, const std::optional<EnvelopeSignature>& signature);

// Thread-safe. Signing takes a millisecond or so: the last `kKeptSignatures` are kept, so that a message that many queues
// get is signed once.
class EnvelopeRenderer {
 public:
  static constexpr std::size_t kKeptSignatures = 4'096;

  // `key` must outlive it.
  EnvelopeRenderer(const SigningKey& key, std::uint64_t folder_id) : key_(key), folder_id_(folder_id) {}

  // Whether a delivery of this format comes in an envelope.
  static bool Renders(std::string_view delivery_format);

  // The body to hand out instead of the message's own. REQUIRES: Renders(delivery.delivery_format)
  std::string Render(const engine::Delivery& delivery, const Identity& receiver);
  // How many bytes that has, without the time it takes to sign. REQUIRES: as Render
  std::size_t SizeBytes(const engine::Delivery& delivery, const Identity& receiver) const;

 private:
  struct Kept {
    std::string key;
    std::string signature;
  };

  // The signature comes from `sign`, which is not called where there is none.
  template <class F>
  std::string Render(const engine::Delivery& delivery, const Identity& receiver, F sign) const;
  std::string Sign(const Notification& notification, bool sha256);

  const SigningKey& key_;
  const std::uint64_t folder_id_;
  Mutex mutex_;
  std::list<Kept> kept_ BROKER_GUARDED_BY(mutex_);  // the last used first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> by_key_ BROKER_GUARDED_BY(mutex_);  // keys of kept_
};

}  // namespace broker::aws::sns
