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

struct Settled {
  ExitCode code = ExitCode::kOk;  // for all of them
  // A row for each receipt that the broker answered, in their order: {"receipt", "ok"} and, where it failed, "error".
  Value results = Value::MakeArray();
};

// Results of one request, in the order of its receipts.
inline void Collect(Session& session, const std::vector<std::string>& receipts, std::size_t from,
                    const google::protobuf::RepeatedPtrField<v1::SettleResult>& results, BatchOutcome& outcome,
                    Value& rows) {
  for (int i = 0; i < results.size(); ++i) {
    const std::string& receipt = receipts[from + static_cast<std::size_t>(i)];
    Value row = Value::MakeObject().Set("receipt", receipt).Set("ok", !results[i].has_error());
    if (results[i].has_error()) {
      const Error error = ErrorOf(results[i].error());
      row.Set("error", Value::MakeObject().Set("reason", error.reason).Set("message", error.message));
      outcome.Failed(session, fmt::format("receipt {}", receipt), error);
    } else {
      outcome.Done();
    }
    rows.Append(std::move(row));
  }
}

// `fill(request, receipt)` adds one receipt. Words and errors are said here; the results are the caller's to show.
template <class Request, class Service, class Response, class Fill>
Settled Settle(Session& session, Client& client, const std::string& source, const std::vector<std::string>& receipts,
               grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*), const Fill& fill,
               std::string_view done_word) {
  Settled settled;
  BatchOutcome outcome;
  for (std::size_t from = 0; from < receipts.size(); from += kMostReceipts) {
    Request request;
    request.set_source(source);
    for (std::size_t i = from; i < receipts.size() && i < from + kMostReceipts; ++i) fill(request, receipts[i]);
    const auto answer = client.Call(method, std::move(request));
    if (!answer.ok()) {
      const ExitCode code = session.Fail(answer.error());
      settled.code = outcome.done() > 0 ? ExitCode::kPartial : code;
      return settled;
    }
    Collect(session, receipts, from, answer->results(), outcome, settled.results);
  }
  if (outcome.done() > 0) session.Say(fmt::format("{} {} message(s)", done_word, outcome.done()));
  settled.code = outcome.Code();
  return settled;
}

inline Settled AckAll(Session& session, Client& client, const std::string& source,
                      const std::vector<std::string>& receipts) {
  return Settle(
      session, client, source, receipts, &v1::Messages::Stub::Ack,
      [](v1::AckRequest& request, const std::string& receipt) { request.add_receipts(receipt); }, "acked");
}

}  // namespace broker::cli
