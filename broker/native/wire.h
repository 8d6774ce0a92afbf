// Requests and responses as bytes. The server takes requests raw and parses them here, so that what cannot be read gets
// a typed answer: the generated code would end such a call with INTERNAL and no word of what is wrong.
// Pure functions.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <optional>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker::native {

// Errors: kInvalidArgument; text that is not UTF-8 is named by its field.
Status ParseRequest(grpc::ByteBuffer& bytes, google::protobuf::Message* request);

grpc::ByteBuffer Serialize(const google::protobuf::Message& response);

// The path of the first text field (proto type `string`) in a serialised message that is not UTF-8, e.g.
// "messages[0].subject"; entries of maps are counted like those of lists, in the order of the bytes. nullopt: there
// is none, or the bytes are no such message.
std::optional<std::string> FindInvalidText(const google::protobuf::Descriptor& type, std::string_view bytes);

}  // namespace broker::native
