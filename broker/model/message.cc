#include "broker/model/message.h"

namespace broker::model {

std::uint64_t SizeBytes(const MessageContent& content) {
  std::uint64_t size = content.body.size() + content.subject.size() + content.ordering_key.size();
  for (const auto& [name, attribute] : content.attributes) {
    size += name.size() + attribute.label.size() + attribute.value.size();
  }
  return size;
}

}  // namespace broker::model
