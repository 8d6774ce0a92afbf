#include "broker/native/errors.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "broker/model/validation.h"
#include "broker/v1/status.pb.h"

namespace broker::native {
namespace {

constexpr std::size_t kMaxMessageBytes = 1'024;
constexpr std::size_t kMaxDescriptionBytes = 300;
constexpr std::size_t kMaxViolationsBytes = 2'048;  // then the rest is left out; the message has the first ones too
constexpr std::size_t kMaxResourceBytes = 300;

// What the request knows by another name: the first word of the engine's path.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kRenamed{{
    {"redrive", "dead_letter"},
    {"backoff", "retry_backoff"},
    {"from", "from_time"},
    {"to", "to_time"},
}};

// The stable word of an error that brought none.
std::string Reason(const Error& error) {
  if (!error.reason.empty()) return error.reason;
  std::string reason(ToString(error.code));
  for (char& c : reason) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return reason;
}

template <class Detail>
void AddDetail(const Detail& detail, std::string_view name, v1::Status& status) {
  google::protobuf::Any& any = *status.add_details();
  any.set_type_url(fmt::format("type.googleapis.com/google.rpc.{}", name));
  detail.SerializeToString(any.mutable_value());
}

}  // namespace

grpc::StatusCode ToCode(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kNotFound: return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kAlreadyExists: return grpc::StatusCode::ALREADY_EXISTS;
    case ErrorCode::kFailedPrecondition: return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorCode::kLimitExceeded: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::kStorageFull: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::kInvalidReceipt: return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kLeaseLost: return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorCode::kCancelled: return grpc::StatusCode::CANCELLED;
    case ErrorCode::kDeadlineExceeded: return grpc::StatusCode::DEADLINE_EXCEEDED;
    case ErrorCode::kUnavailable: return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::kDataLoss: return grpc::StatusCode::DATA_LOSS;
    case ErrorCode::kUnsupported: return grpc::StatusCode::UNIMPLEMENTED;
    case ErrorCode::kPermissionDenied: return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::kInternal: return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

grpc::Status ToStatus(const Error& error) {
  const grpc::StatusCode code = ToCode(error.code);
  const std::string message = model::CutText(error.message, kMaxMessageBytes);
  v1::Status status;
  status.set_code(code);
  status.set_message(message);

  v1::ErrorInfo info;
  info.set_reason(Reason(error));
  info.set_domain("broker");
  AddDetail(info, "ErrorInfo", status);

  if (!error.violations.empty()) {
    v1::BadRequest bad;
    for (const auto& violation : error.violations) {
      if (bad.field_violations_size() > 0 && bad.ByteSizeLong() > kMaxViolationsBytes) break;
      auto& out = *bad.add_field_violations();
      out.set_field(model::CutText(violation.field, kMaxDescriptionBytes));
      out.set_description(model::CutText(violation.description, kMaxDescriptionBytes));
    }
    AddDetail(bad, "BadRequest", status);
  }
  if (!error.resource.empty()) {
    v1::ResourceInfo resource;
    // A bare name is one whose kind is not known: nothing has it, or two kinds do.
    const std::size_t slash = error.resource.find('/');
    if (slash != std::string::npos) resource.set_resource_type(error.resource.substr(0, slash));
    resource.set_resource_name(model::CutText(error.resource, kMaxResourceBytes));
    AddDetail(resource, "ResourceInfo", status);
  }
  return grpc::Status(code, message, status.SerializeAsString());
}

void ToEntryError(const Error& error, v1::EntryError* out) {
  out->set_code(ToCode(error.code));
  out->set_reason(Reason(error));
  out->set_message(model::CutText(error.message, kMaxMessageBytes));
}

Error InRequest(Error error, std::string_view prefix) {
  const auto rename = [&](const std::string& field) {
    std::string_view path = field;
    constexpr std::string_view kDelivery = "delivery.";
    constexpr std::string_view kNotes = "notes.";
    if (path.starts_with(kDelivery)) path.remove_prefix(kDelivery.size());
    if (path.starts_with(kNotes)) path.remove_prefix(kNotes.size());
    for (const auto& [ours, theirs] : kRenamed) {
      if (!path.starts_with(ours)) continue;
      const std::string_view rest = path.substr(ours.size());
      if (rest.empty() || rest.front() == '.') return fmt::format("{}{}{}", prefix, theirs, rest);
    }
    return fmt::format("{}{}", prefix, path);
  };
  if (error.violations.empty()) return error;
  error.message.clear();
  for (auto& violation : error.violations) {
    violation.field = rename(violation.field);
    error.message += fmt::format("{}{}: {}", error.message.empty() ? "" : "; ", violation.field, violation.description);
  }
  return error;
}

}  // namespace broker::native
