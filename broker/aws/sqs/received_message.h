// A message on its way out. Pure functions, for a connection's thread.
//
// Its id is the one under which it was first received, until a task moves it on: a dead letter keeps the id it had, and its
// count of receives goes on; what a task brought back is a new message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/aws/identity.h"
#include "broker/aws/sqs/limits.h"
#include "broker/aws/wire/md5.h"
#include "broker/aws/wire/writer.h"
#include "broker/engine/commands.h"

namespace broker::aws::sns {
class EnvelopeRenderer;
}

namespace broker::aws::sqs {

// What a receiver asked to see, and what it takes to show it.
struct ReceiveView {
  std::vector<std::string> system_names;     // "All" is all of them
  std::vector<std::string> attribute_names;  // "All", ".*" and "*" are all, "price.*" those that begin with "price"
  Identity identity;
  std::uint64_t folder_id = 0;
  sns::EnvelopeRenderer* envelopes = nullptr;  // of topics' messages; null: they come as they are
  bool fifo = false;
  bool by_content = false;  // without an id of its own a message has its body's digest as one
};

// Errors: a name that no message has, nor a queue.
std::optional<Refusal> CheckSystemNames(const std::vector<std::string>& names);

// What is shown of a delivery: here each delivery format has its say.
struct Rendered {
  std::string body;
  MessageAttributes attributes;
  std::optional<MessageAttribute> marker;  // that the body is not as it was sent; shown whatever is asked for
};
Rendered Render(const engine::Delivery& delivery, const ReceiveView& view);

// Of its body and attributes as they are shown. Most is at least as much, and costs nothing to tell.
std::size_t RenderedBytes(const engine::Delivery& delivery, const ReceiveView& view);
std::size_t MostRenderedBytes(const engine::Delivery& delivery, const ReceiveView& view);

// Why the service would not have taken the message, if so: other protocols allow more. `own_most` is what the queue says
// itself: it holds for what a subscription brought; what was sent to the queue was held against it when it was sent.
std::optional<std::string> WhyNotCarried(const engine::Delivery& delivery, const ReceiveView& view,
                                         std::size_t own_most, const Limits& limits);

// The members of one message.
void WriteMessage(Writer& w, const engine::Delivery& delivery, const ReceiveView& view);

}  // namespace broker::aws::sqs
