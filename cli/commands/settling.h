// Acks, nacks and extensions of many receipts, in requests of at most 1,000.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/base/result.h"
#include "cli/client.h"
#include "cli/commands/batch_outcome.h"
#include "cli/session.h"

namespace broker::cli {

inline constexpr std::size_t kMostReceipts = 1'000;

// Results of one request, in the order of its receipts.
inline void Collect(Session& session, const std::vector<std::string>& receipts, std::size_t from,
                    const google::protobuf::RepeatedPtrField<v1::SettleResult>& results, BatchOutcome& outcome) {
  for (int i = 0; i < results.size(); ++i) {
    if (results[i].has_error()) {
      outcome.Failed(session, fmt::format("receipt {}", receipts[from + static_cast<std::size_t>(i)]),
                     ErrorOf(results[i].error()));
    } else {
      outcome.Done();
    }
  }
}

// `fill(request, receipt)` adds one receipt. Answers the exit code for all of them.
template <class Request, class Service, class Response, class Fill>
ExitCode Settle(Session& session, Client& client, const std::string& source, const std::vector<std::string>& receipts,
                grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*), const Fill& fill,
                std::string_view done_word) {
  BatchOutcome outcome;
  for (std::size_t from = 0; from < receipts.size(); from += kMostReceipts) {
    Request request;
    request.set_source(source);
    for (std::size_t i = from; i < receipts.size() && i < from + kMostReceipts; ++i) fill(request, receipts[i]);
    const auto answer = client.Call(method, std::move(request));
    if (!answer.ok()) {
      const ExitCode code = session.Fail(answer.error());
      return outcome.done() > 0 ? ExitCode::kPartial : code;
    }
    Collect(session, receipts, from, answer->results(), outcome);
  }
  if (outcome.done() > 0) session.Say(fmt::format("{} {} message(s)", done_word, outcome.done()));
  return outcome.Code();
}

inline ExitCode AckAll(Session& session, Client& client, const std::string& source,
                       const std::vector<std::string>& receipts) {
  return Settle(
      session, client, source, receipts, &v1::Messages::Stub::Ack,
      [](v1::AckRequest& request, const std::string& receipt) { request.add_receipts(receipt); }, "acked");
}

}  // namespace broker::cli
