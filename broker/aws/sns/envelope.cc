#include "broker/aws/sns/envelope.h"

#include <fmt/format.h>

#include <utility>

#include "broker/aws/attribute_type.h"
#include "broker/aws/message_id.h"
#include "broker/aws/sns/delivery_format.h"
#include "broker/aws/sns/publish_input.h"
#include "broker/aws/sns/topic_attributes.h"
#include "broker/aws/wire/base64.h"
#include "broker/aws/wire/json_writer.h"
#include "broker/aws/wire/percent.h"
#include "broker/base/check.h"
#include "broker/base/duration.h"
#include "broker/base/utf8.h"

namespace broker::aws::sns {
namespace {

constexpr std::string_view kType = "Notification";

// One member a line, with the spaces of the real service.
class Layout {
 public:
  explicit Layout(std::string indent) : indent_(std::move(indent)) {}

  void Member(std::string_view name, std::string_view json) {
    out_ += out_.empty() ? "{\n" : ",\n";
    out_ += indent_;
    AppendJsonText(name, out_);
    out_ += " : ";
    out_ += json;
  }
  void Text(std::string_view name, std::string_view text) {
    std::string json;
    AppendJsonText(text, json);
    Member(name, json);
  }
  std::string Take() {
    out_ += fmt::format("\n{}}}", indent_.substr(2));
    return std::move(out_);
  }

 private:
  const std::string indent_;
  std::string out_;
};

std::string RenderAttributes(const model::Attributes& attributes) {
  Layout layout("    ");
  for (const auto& [name, attribute] : attributes) {
    const MessageAttribute wire = ToWire(attribute);
    std::string json = R"({"Type":)";
    AppendJsonText(wire.type, json);
    json += R"(,"Value":)";
    AppendJsonText(wire.is_binary() ? Base64Encode(wire.value) : wire.value, json);
    json += '}';
    layout.Member(name, json);
  }
  return layout.Take();
}

Notification NotificationOf(const engine::Delivery& delivery, const Identity& receiver, std::uint64_t folder_id) {
  const auto format = DeliveryFormat::Parse(delivery.delivery_format);
  BROKER_CHECK(format.has_value());
  const model::MessageContent& content = delivery.message->content;
  const model::MessageId id = delivery.origin != model::MessageId{} ? delivery.origin : delivery.id;
  const std::string& subscription = format->subscription.empty() ? delivery.subscription : format->subscription;

  Notification notification;
  notification.message_id = MessageUuid(folder_id, id);
  if (IsFifo(format->topic)) notification.sequence_number = SequenceNumber(id.sequence);
  notification.topic_arn = receiver.TopicArn(format->topic);
  notification.subject = content.subject;
  notification.message = content.body;
  notification.timestamp = delivery.message->publish_time;
  notification.unsubscribe_url = fmt::format("{}/?Action=Unsubscribe&SubscriptionArn={}:{}", receiver.base_url,
                                             notification.topic_arn, PercentEncode(subscription));
  notification.attributes = content.attributes;
  if (!IsUtf8(notification.message)) {  // all that JSON, and so XML, cannot carry
    notification.message = Base64Encode(notification.message);
    notification.attributes[std::string(kBodyEncodingAttribute)] = {model::AttributeKind::kText, "base64", {}};
  }
  return notification;
}

}  // namespace

std::string TextToSign(const Notification& notification) {
  std::string text = fmt::format("Message\n{}\nMessageId\n{}\n", notification.message, notification.message_id);
  if (!notification.subject.empty()) text += fmt::format("Subject\n{}\n", notification.subject);
  text += fmt::format("Timestamp\n{}\nTopicArn\n{}\nType\n{}\n", FormatTime(notification.timestamp),
                      notification.topic_arn, kType);
  return text;
}

std::string RenderEnvelope(const Notification& notification, const std::optional<EnvelopeSignature>& signature) {
  Layout layout("  ");
  layout.Text("Type", kType);
  layout.Text("MessageId", notification.message_id);
  if (!notification.sequence_number.empty()) layout.Text("SequenceNumber", notification.sequence_number);
  layout.Text("TopicArn", notification.topic_arn);
  if (!notification.subject.empty()) layout.Text("Subject", notification.subject);
  layout.Text("Message", notification.message);
  layout.Text("Timestamp", FormatTime(notification.timestamp));
  if (signature) {
    layout.Text("SignatureVersion", signature->version);
    layout.Text("Signature", signature->signature);
    layout.Text("SigningCertURL", signature->certificate_url);
  }
  layout.Text("UnsubscribeURL", notification.unsubscribe_url);
  if (!notification.attributes.empty()) layout.Member("MessageAttributes", RenderAttributes(notification.attributes));
  return layout.Take();
}

bool EnvelopeRenderer::Renders(std::string_view delivery_format) {
  return DeliveryFormat::Parse(delivery_format).has_value();
}

template <class F>
std::string EnvelopeRenderer::Render(const engine::Delivery& delivery, const Identity& receiver, F sign) const {
  const Notification notification = NotificationOf(delivery, receiver, folder_id_);
  if (!notification.sequence_number.empty()) return RenderEnvelope(notification, std::nullopt);
  const bool sha256 = SignsWithSha256(delivery.message->content);
  return RenderEnvelope(notification, EnvelopeSignature{sha256 ? "2" : "1", sign(notification, sha256),
                                                        receiver.base_url + key_.certificate_path()});
}

std::string EnvelopeRenderer::Render(const engine::Delivery& delivery, const Identity& receiver) {
  return Render(delivery, receiver,
                [this](const Notification& notification, bool sha256) { return Sign(notification, sha256); });
}

std::size_t EnvelopeRenderer::SizeBytes(const engine::Delivery& delivery, const Identity& receiver) const {
  const auto as_long = [](const Notification&, bool) { return std::string(SigningKey::kSignatureCharacters, 'A'); };
  return Render(delivery, receiver, as_long).size();
}

std::string EnvelopeRenderer::Sign(const Notification& notification, bool sha256) {
  // The rest of what is signed follows from the message.
  std::string key = fmt::format("{}{} {}", sha256 ? "2" : "1", notification.message_id, notification.topic_arn);
  {
    MutexLock lock(mutex_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      kept_.splice(kept_.begin(), kept_, found->second);
      return found->second->signature;
    }
  }
  std::string signature =
      key_.Sign(sha256 ? SigningKey::Digest::kSha256 : SigningKey::Digest::kSha1, TextToSign(notification));
  MutexLock lock(mutex_);
  if (by_key_.contains(key)) return signature;  // another thread was sooner
  kept_.push_front({std::move(key), signature});
  by_key_.emplace(kept_.front().key, kept_.begin());
  if (kept_.size() > kKeptSignatures) {
    by_key_.erase(kept_.back().key);
    kept_.pop_back();
  }
  return signature;
}

}  // namespace broker::aws::sns
