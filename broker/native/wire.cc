#include "broker/native/wire.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/slice.h>

#include <map>
#include <vector>

#include "broker/base/utf8.h"

namespace broker::native {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

constexpr int kMaxDepth = 32;  // our requests nest four deep; the parser stops at 100

std::optional<std::string> Find(const Descriptor& type, std::string_view bytes, int depth) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  std::map<int, int> seen;  // of repeated fields
  while (const std::uint32_t tag = in.ReadTag()) {
    const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    const bool delimited = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (field == nullptr || !delimited) {
      if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
      continue;
    }
    std::uint32_t size = 0;
    const void* data = nullptr;
    int available = 0;
    if (!in.ReadVarint32(&size)) return std::nullopt;
    if (size > 0 && !in.GetDirectBufferPointer(&data, &available)) return std::nullopt;
    if (static_cast<std::uint32_t>(available) < size) return std::nullopt;
    const std::string_view value(static_cast<const char*>(data), size);
    in.Skip(static_cast<int>(size));

    std::string path = field->name();
    if (field->is_repeated()) path += fmt::format("[{}]", seen[field->number()]++);
    if (field->type() == FieldDescriptor::TYPE_STRING && !IsUtf8(value)) return path;
    if (field->type() == FieldDescriptor::TYPE_MESSAGE && depth < kMaxDepth) {
      if (auto inner = Find(*field->message_type(), value, depth + 1)) return path + "." + *inner;
    }
  }
  return std::nullopt;
}

std::string Join(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const auto& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

}  // namespace

Status ParseRequest(grpc::ByteBuffer& bytes, google::protobuf::Message* request) {
  grpc::ByteBuffer copy(bytes);  // shares the bytes: deserialising consumes its buffer
  if (grpc::SerializationTraits<google::protobuf::Message>::Deserialize(&bytes, request).ok()) return {};
  const Descriptor& type = *request->GetDescriptor();
  if (const auto field = FindInvalidText(type, Join(copy))) {
    return InvalidField(*field, "it is text and not valid UTF-8");
  }
  return Error(ErrorCode::kInvalidArgument, "MALFORMED_REQUEST",
               fmt::format("the request's {} bytes are no {}", copy.Length(), type.full_name()));
}

grpc::ByteBuffer Serialize(const google::protobuf::Message& response) {
  grpc::ByteBuffer bytes;
  bool own = false;
  // It cannot fail: every field was set by us, and what is text was checked when it came in.
  BROKER_CHECK(
      (grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(response, &bytes, &own).ok()));
  return bytes;
}

std::optional<std::string> FindInvalidText(const Descriptor& type, std::string_view bytes) {
  return Find(type, bytes, 0);
}

}  // namespace broker::native
