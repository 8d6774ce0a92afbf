#include "cli/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "broker/v1/status.pb.h"

namespace broker::cli {
namespace {

ErrorCode CodeOf(grpc::StatusCode code, std::string_view reason) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
      return reason == "INVALID_RECEIPT" ? ErrorCode::kInvalidReceipt : ErrorCode::kInvalidArgument;
    case grpc::StatusCode::NOT_FOUND: return ErrorCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS: return ErrorCode::kAlreadyExists;
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::ABORTED:
      return reason == "LEASE_LOST" ? ErrorCode::kLeaseLost : ErrorCode::kFailedPrecondition;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return reason == "STORAGE_FULL" ? ErrorCode::kStorageFull : ErrorCode::kLimitExceeded;
    case grpc::StatusCode::CANCELLED: return ErrorCode::kCancelled;
    case grpc::StatusCode::DEADLINE_EXCEEDED: return ErrorCode::kDeadlineExceeded;
    case grpc::StatusCode::UNAVAILABLE: return ErrorCode::kUnavailable;
    case grpc::StatusCode::DATA_LOSS: return ErrorCode::kDataLoss;
    case grpc::StatusCode::UNIMPLEMENTED: return ErrorCode::kUnsupported;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED: return ErrorCode::kPermissionDenied;
    case grpc::StatusCode::OK:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DO_NOT_USE: return ErrorCode::kInternal;
  }
  return ErrorCode::kInternal;
}

void ReadDetails(const std::string& bytes, Error& error) {
  v1::Status details;
  if (!details.ParseFromString(bytes)) return;  // not the broker's: the code and message still stand
  for (const auto& any : details.details()) {
    const std::string_view url = any.type_url();
    v1::ErrorInfo info;
    v1::BadRequest bad;
    v1::ResourceInfo resource;
    if (url.ends_with("google.rpc.ErrorInfo") && info.ParseFromString(any.value())) {
      error.reason = info.reason();
    } else if (url.ends_with("google.rpc.BadRequest") && bad.ParseFromString(any.value())) {
      for (const auto& violation : bad.field_violations()) {
        error.violations.push_back({violation.field(), violation.description()});
      }
    } else if (url.ends_with("google.rpc.ResourceInfo") && resource.ParseFromString(any.value())) {
      error.resource = resource.resource_name();
    }
  }
}

// gRPC's "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Failed to connect to remote
// host: Connection refused": only the end means something to a person.
std::string_view LastPart(std::string_view message) {
  constexpr std::string_view kMark = "remote host: ";
  const auto at = message.rfind(kMark);
  return at == std::string_view::npos ? message : message.substr(at + kMark.size());
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 52> kFlags{{
    {"name", "NAME"},
    {"target", "TARGET"},
    {"source", "SOURCE"},
    {"namespace", "--namespace"},
    {"topic", "--topic"},
    {"queue", "--queue"},
    {"visibility_timeout", "--visibility-timeout"},
    {"retention", "--retention"},
    {"delay", "--delay"},
    {"dead_letter", "--dead-letter"},
    {"dead_letter.target", "--dead-letter"},
    {"dead_letter.max_attempts", "--max-attempts"},
    {"deduplication.by_content", "--dedup-by-content"},
    {"deduplication.scope", "--dedup-scope"},
    {"delivery_format", "--delivery-format"},
    {"body", "--body"},
    {"subject", "--subject"},
    {"ordering_key", "--key"},
    {"deduplication_id", "--dedup-id"},
    {"max_messages", "--max"},
    {"wait", "--wait"},
    {"backoff", "--backoff"},
    {"receipt", "RECEIPT"},
    {"reason", "--reason"},
    {"retry_backoff", "--retry-backoff"},
    {"retry_backoff.minimum", "--retry-backoff"},
    {"retry_backoff.maximum", "--retry-backoff"},
    {"message_ttl", "--message-ttl"},
    {"ttl", "--ttl"},
    {"bounds.max_messages", "--max-messages"},
    {"bounds.max_bytes", "--max-bytes"},
    {"dead_letter_access", "--accept-dead-letters-from"},
    {"filter", "--filter"},
    {"expire_unused", "--expire-unused"},
    {"retain_acknowledged", "--retain-acknowledged"},
    {"destination", "--to"},
    {"rate", "--rate"},
    {"time", "--time"},
    {"snapshot", "--snapshot"},
    {"from_time", "--from"},
    {"to_time", "--to"},
    {"life", "--for"},
    {"expire_time", "--for"},
    {"key", "KEY"},
    {"ordered", "--ordered"},
    {"exactly_once", "--exactly-once"},
    {"start", "--start"},
    {"force", "--force"},
    {"bounds.overflow", "--overflow"},
    {"deduplication", "--dedup-by-content"},
    {"consumer", "--consumer"},
    {"attempt_id", "--attempt-id"},
}};

// "attributes[\"kind\"].label": the flag, with the attribute's name where the path has it.
std::string AttributeFlag(std::string_view path) {
  constexpr std::string_view kOpen = "attributes[\"";
  if (!path.starts_with(kOpen)) return "--attribute";
  path.remove_prefix(kOpen.size());
  return fmt::format("--attribute {}", path.substr(0, path.rfind("\"]")));
}

}  // namespace

Error ErrorOf(const grpc::Status& status, const Connection& connection) {
  Error error(ErrorCode::kInternal, "", status.error_message());
  ReadDetails(status.error_details(), error);
  error.code = CodeOf(status.error_code(), error.reason);
  if (!error.reason.empty()) return error;
  // Without details it is gRPC itself that speaks, not the broker.
  if (error.code == ErrorCode::kCancelled) {
    // Nobody here cancels a call and reports it: the connection was closed under it, as a broker that stops does.
    error.code = ErrorCode::kUnavailable;
    error.reason = "CONNECTION_LOST";
    error.message = fmt::format("the broker at {} (from {}) ended the call unanswered: it is stopping",
                                connection.address, connection.address_from);
  } else if (error.code == ErrorCode::kUnavailable) {
    const bool connected = !status.error_message().starts_with("failed to connect") &&
                           status.error_message().find("onnection refused") == std::string::npos &&
                           status.error_message().find("resolution") == std::string::npos;
    error.reason = connected ? "CONNECTION_LOST" : "CANNOT_CONNECT";
    error.message =
        fmt::format("{} the broker at {} (from {}): {}", connected ? "lost the connection to" : "cannot reach",
                    connection.address, connection.address_from, LastPart(status.error_message()));
  } else if (error.code == ErrorCode::kDeadlineExceeded) {
    error.reason = "NO_ANSWER";
    error.message =
        fmt::format("no answer from the broker at {} (from {}) in time", connection.address, connection.address_from);
  } else if (error.code == ErrorCode::kUnsupported) {
    error.message = fmt::format("the broker at {} does not offer this: {}", connection.address, status.error_message());
  }
  return error;
}

Error ErrorOf(const v1::EntryError& entry) {
  std::string message = entry.message();
  const auto colon = message.find(": ");
  if (entry.reason() == "INVALID_FIELD" && colon != std::string::npos) {
    message.replace(0, colon, FlagOf(message.substr(0, colon)));  // "messages[0].delay: ..."
  }
  return Error(CodeOf(static_cast<grpc::StatusCode>(entry.code()), entry.reason()), entry.reason(), std::move(message));
}

std::string FlagOf(std::string_view field) {
  // "queue.dead_letter.target" is looked up from the longest ending to the shortest.
  for (std::string_view rest = field; !rest.empty();) {
    for (const auto& [path, flag] : kFlags) {
      if (path == rest) return std::string(flag);
    }
    if (rest.starts_with("attributes")) return AttributeFlag(rest);
    if (rest.starts_with("receipts")) return "RECEIPT";
    if (rest.starts_with("labels")) return "--label";
    if (rest.starts_with("dead_letter_access.")) return "--accept-dead-letters-from";
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  return std::string(field);
}

std::string Describe(const Error& error, const Connection& connection) {
  std::string out;
  if (error.violations.empty()) {
    out = error.message + "\n";
  } else {
    for (const auto& [field, description] : error.violations) {
      out += fmt::format("{}{}: {}\n", out.empty() ? "" : "error: ", FlagOf(field), description);
    }
  }
  if (error.reason == "CANNOT_CONNECT") {
    out +=
        "start one with: brokerd --data ./data\nor choose another with --address HOST:PORT, BROKER_ADDRESS, or: "
        "brokerctl "
        "context use NAME\n";
  } else if (error.reason == "CONNECTION_LOST") {
    out +=
        "the command may have been carried out or not: look before you repeat it; a publish with --dedup-id is safe\n";
  } else if (error.reason == "NO_ANSWER") {
    out += fmt::format("check that {} is a broker's gRPC address; --timeout allows more time\n", connection.address);
  } else if (error.code == ErrorCode::kStorageFull) {
    out += "free disk space, or ack, purge or delete what is not needed: those go on\n";
  } else if (error.code == ErrorCode::kLeaseLost || error.code == ErrorCode::kInvalidReceipt) {
    out += "use the receipt of the latest receive of this message, from the same queue or subscription\n";
  } else if (error.code == ErrorCode::kUnavailable) {
    out += "try again in a moment\n";
  }
  return out;
}

}  // namespace broker::cli
