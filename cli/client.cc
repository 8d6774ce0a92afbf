#include "cli/client.h"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <chrono>

namespace broker::cli {

Client::Client(Connection connection, Nanos timeout, const Clock& clock)
    : connection_(std::move(connection)), timeout_(timeout), clock_(clock) {
  google::protobuf::SetLogHandler(nullptr);  // process-wide; the broker says better which text is not UTF-8
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);           // a batch of large messages is welcome here
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // an http_proxy meant for the web must not swallow a broker
  arguments.SetUserAgentPrefix("brokerctl");
  channel_ = grpc::CreateCustomChannel(connection_.address, grpc::InsecureChannelCredentials(), arguments);
}

void Client::SetDeadline(grpc::ClientContext& context, Nanos wait) const {
  // Far enough to mean "never", near enough not to overflow.
  constexpr Nanos kLongest = std::chrono::hours(24 * 365);
  const Nanos allowed = std::min(timeout_, kLongest) + std::min(wait, kLongest);
  context.set_deadline(std::chrono::time_point_cast<std::chrono::system_clock::duration>(clock_.Wall() + allowed));
}

}  // namespace broker::cli
