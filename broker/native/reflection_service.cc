#include "broker/native/reflection_service.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <optional>
#include <set>

#include "broker/native/errors.h"
#include "broker/native/stream_call.h"
#include "broker/native/wire.h"

namespace broker::native {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using grpc::reflection::v1alpha::ServerReflectionRequest;
using grpc::reflection::v1alpha::ServerReflectionResponse;

// `file` and what it imports, each once.
void Collect(const FileDescriptor& file, std::set<std::string>& seen,
             grpc::reflection::v1alpha::FileDescriptorResponse& out) {
  if (!seen.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  proto.SerializeToString(out.add_file_descriptor_proto());
  for (int i = 0; i < file.dependency_count(); ++i) Collect(*file.dependency(i), seen, out);
}

void Write(const FileDescriptor* file, const std::string& what, ServerReflectionResponse& response) {
  if (file == nullptr) {
    response.mutable_error_response()->set_error_code(grpc::StatusCode::NOT_FOUND);
    response.mutable_error_response()->set_error_message(fmt::format("there is no {} here", what));
    return;
  }
  std::set<std::string> seen;
  Collect(*file, seen, *response.mutable_file_descriptor_response());
}

// Reads a request, answers it, and reads the next. `Version` is V1 or V1Alpha.
template <class Version>
class ReflectionCall final : public StreamCall {
 public:
  static void Arm(Context& context, const ReflectionService& service, Version& version) {
    auto* call = new ReflectionCall(context, service, version);
    auto& queue = context.loop().queue();
    version.RequestServerReflectionInfo(&call->rpc_, &call->stream_, &queue, &queue, call->started_tag());
  }
  void Drain() override { Close(ToStatus(Stopping())); }

 private:
  ReflectionCall(Context& context, const ReflectionService& service, Version& version)
      : StreamCall(context), service_(service), version_(version) {}
  ~ReflectionCall() override = default;
  void ArmNext() override { Arm(context_, service_, version_); }
  void Requested(grpc::ByteBuffer& bytes) override {
    if (closing_) return;
    ServerReflectionRequest request;
    if (auto parsed = ParseRequest(bytes, &request); !parsed.ok()) return Close(ToStatus(parsed.error()));
    StreamCall::Write(service_.Answer(request));
  }
  void Written(bool ok) override {
    if (closing_) return Close(*closing_);
    if (ok && !ended()) Read();
  }
  void ClientClosed() override { Close(grpc::Status::OK); }
  void CallEnded() override { closing_ = grpc::Status::CANCELLED; }

  void Close(const grpc::Status& status) {
    if (!closing_) closing_ = status;
    if (!writing() && !ended() && !finishing()) Finish(*closing_);
  }

  const ReflectionService& service_;
  Version& version_;
  std::optional<grpc::Status> closing_;
};

}  // namespace

void ReflectionService::Arm() {
  ReflectionCall<V1>::Arm(context_, *this, v1_);
  ReflectionCall<V1Alpha>::Arm(context_, *this, v1alpha_);
}

ServerReflectionResponse ReflectionService::Answer(const ServerReflectionRequest& request) const {
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  ServerReflectionResponse response;
  *response.mutable_original_request() = request;
  response.set_valid_host(request.host());
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kListServices:
      for (const auto& name : services_) response.mutable_list_services_response()->add_service()->set_name(name);
      break;
    case ServerReflectionRequest::kFileByFilename:
      Write(pool.FindFileByName(request.file_by_filename()), "file " + request.file_by_filename(), response);
      break;
    case ServerReflectionRequest::kFileContainingSymbol:
      Write(pool.FindFileContainingSymbol(request.file_containing_symbol()),
            "symbol " + request.file_containing_symbol(), response);
      break;
    case ServerReflectionRequest::kFileContainingExtension:
      Write(nullptr, "extension: these definitions have none", response);
      break;
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      if (pool.FindMessageTypeByName(request.all_extension_numbers_of_type()) == nullptr) {
        Write(nullptr, "type " + request.all_extension_numbers_of_type(), response);
      } else {
        response.mutable_all_extension_numbers_response()->set_base_type_name(request.all_extension_numbers_of_type());
      }
      break;
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      response.mutable_error_response()->set_error_code(grpc::StatusCode::INVALID_ARGUMENT);
      response.mutable_error_response()->set_error_message("the request asks for nothing");
      break;
  }
  return response;
}

}  // namespace broker::native
