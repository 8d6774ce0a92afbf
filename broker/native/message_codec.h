// Messages, deliveries and what people look at, between the wire and the broker. Pure functions.
#pragma once

#include <string>

#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/v1/common.pb.h"
#include "broker/v1/dead_letters.pb.h"
#include "broker/v1/messages.pb.h"

namespace broker::native {

// Takes the texts and bodies out of `message`. `field` is its path in the request, "messages[3]".
// Errors: kInvalidArgument for a wrong delay, time to live or an attribute without a value; sizes are the engine's to check.
Result<engine::PublishEntry> TakeEntry(const std::string& field, v1::PublishMessage& message);

// Errors: kInvalidArgument for a number that is no state.
Result<engine::MessageState> ToState(v1::MessageState state);

// Errors: kInvalidArgument for text that is no message's id.
Result<model::MessageId> ToMessageId(const std::string& text);

void ToProto(const engine::Delivery& delivery, v1::Delivery* out);
void ToProto(const engine::PeekedMessage& peeked, v1::PeekedMessage* out);
void ToProto(const engine::PeekedMessage& peeked, v1::DeadLetter* out);
void ToProto(const Result<engine::Published>& published, v1::PublishResult* out);

}  // namespace broker::native
