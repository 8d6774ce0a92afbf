#include "broker/native/request_codec.h"

#include <fmt/format.h>

#include <utility>

#include "broker/base/duration.h"
#include "broker/model/limits.h"
#include "broker/native/errors.h"
#include "broker/native/message_codec.h"
#include "broker/native/time_codec.h"

namespace broker::native {
namespace {

// 0 becomes `fallback`; more than `most` is refused.
template <class Number>
Result<Number> Bounded(const std::string& field, Number value, Number fallback, Number most) {
  if (value > most) return InvalidField(field, fmt::format("{}; at most {}", value, most));
  return value == 0 ? fallback : value;
}

Status CheckAtMost(const std::string& field, Nanos value, Nanos most) {
  if (value <= most) return {};
  return InvalidField(field, fmt::format("{} is outside 0s to {}", FormatDuration(value), FormatDuration(most)));
}

Result<std::optional<Nanos>> VisibilityTimeout(const std::string& field, bool present,
                                               const google::protobuf::Duration& duration) {
  auto value = FromProto(field, present, duration);
  if (value.ok() && *value) BROKER_RETURN_IF_ERROR(CheckAtMost(field, **value, model::kMaxVisibilityTimeout));
  return value;
}

// The refusal of a receipt that this request has used already.
std::optional<Error> Repeated(const std::string& receipt, SeenReceipts& seen) {
  if (seen.insert(receipt).second) return std::nullopt;
  return Error(ErrorCode::kInvalidArgument, "DUPLICATE_ENTRY", "the same receipt stands earlier in this request");
}

// Results of those that went to the engine and refusals of the others, in the request's order.
template <class Results, class Write>
void Merge(const Refusals& refusals, const Results& results, const Write& write) {
  auto result = results.begin();
  for (const auto& refusal : refusals) {
    if (refusal) {
      write(&*refusal, nullptr);
    } else {
      BROKER_CHECK(result != results.end());
      write(nullptr, &*result++);
    }
  }
}

}  // namespace

Result<std::size_t> ToPageSize(std::uint32_t page_size, std::size_t fallback) {
  return Bounded<std::size_t>("page_size", page_size, fallback, model::kMaxListPage);
}

Result<engine::ListRequest> ToList(std::string prefix, std::uint32_t page_size, std::string page_token) {
  engine::ListRequest list;
  auto size = ToPageSize(page_size, list.page_size);
  if (!size.ok()) return std::move(size).error();
  list.prefix = std::move(prefix);
  list.page_size = *size;
  list.page_token = std::move(page_token);
  return list;
}

Result<PublishPlan> TakePublish(v1::PublishRequest& request) {
  auto target = model::Target::Parse("target", request.target());
  if (!target.ok()) return std::move(target).error();
  const auto count = static_cast<std::size_t>(request.messages_size());
  if (count == 0 || count > model::kMaxBatchMessages) {
    return InvalidField("messages", fmt::format("{} messages; a publish has 1 to {}", count, model::kMaxBatchMessages));
  }
  PublishPlan plan;
  plan.request.target = *std::move(target);
  plan.request.all_or_nothing = request.all_or_nothing();
  plan.request.entries.reserve(count);
  plan.refusals.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto entry = TakeEntry(fmt::format("messages[{}]", i), *request.mutable_messages(static_cast<int>(i)));
    if (entry.ok()) {
      plan.request.entries.push_back(*std::move(entry));
    } else if (request.all_or_nothing()) {
      return std::move(entry).error();
    } else {
      plan.refusals[i] = std::move(entry).error();
    }
  }
  return plan;
}

void ToProto(const Refusals& refusals, const engine::PublishResponse& response, v1::PublishResponse* out) {
  Merge(refusals, response.results, [&](const Error* refusal, const Result<engine::Published>* result) {
    v1::PublishResult* entry = out->add_results();
    if (refusal) {
      ToEntryError(*refusal, entry->mutable_error());
    } else {
      ToProto(*result, entry);
    }
  });
  out->set_subscriptions(response.subscriptions);
}

SettlePlan<std::string> TakeAcks(google::protobuf::RepeatedPtrField<std::string>& receipts, SeenReceipts& seen) {
  SettlePlan<std::string> plan;
  for (std::string& receipt : receipts) {
    auto refusal = Repeated(receipt, seen);
    if (!refusal) plan.entries.push_back(std::move(receipt));
    plan.refusals.push_back(std::move(refusal));
  }
  return plan;
}

SettlePlan<engine::NackEntry> TakeNacks(google::protobuf::RepeatedPtrField<v1::NackEntry>& entries,
                                        SeenReceipts& seen) {
  SettlePlan<engine::NackEntry> plan;
  for (v1::NackEntry& from : entries) {
    auto refusal = Repeated(from.receipt(), seen);
    if (!refusal) {
      auto backoff = FromProto("backoff", from.has_backoff(), from.backoff());
      if (!backoff.ok()) {
        refusal = std::move(backoff).error();
      } else if (auto within = CheckAtMost("backoff", backoff->value_or(Nanos{0}), model::kMaxBackoff); !within.ok()) {
        refusal = std::move(within).error();
      } else {
        plan.entries.push_back({std::move(*from.mutable_receipt()), std::move(*from.mutable_reason()), *backoff});
      }
    }
    plan.refusals.push_back(std::move(refusal));
  }
  return plan;
}

SettlePlan<engine::ExtendEntry> TakeExtends(google::protobuf::RepeatedPtrField<v1::ExtendEntry>& entries,
                                            SeenReceipts& seen) {
  SettlePlan<engine::ExtendEntry> plan;
  for (v1::ExtendEntry& from : entries) {
    auto refusal = Repeated(from.receipt(), seen);
    if (!refusal) {
      auto timeout = VisibilityTimeout("visibility_timeout", from.has_visibility_timeout(), from.visibility_timeout());
      if (!timeout.ok()) {
        refusal = std::move(timeout).error();
      } else if (!*timeout) {
        refusal = InvalidField("visibility_timeout", "it is required: 0s to 12h from now; 0s gives the message back");
      } else {
        plan.entries.push_back({std::move(*from.mutable_receipt()), **timeout});
      }
    }
    plan.refusals.push_back(std::move(refusal));
  }
  return plan;
}

Status CheckSettleCount(const std::string& field, int count) {
  if (count >= 1 && static_cast<std::size_t>(count) <= model::kMaxReceipts) return {};
  return InvalidField(field, fmt::format("{} entries; a request has 1 to {}", count, model::kMaxReceipts));
}

void ToProto(const Refusals& refusals, const std::vector<Status>& results,
             google::protobuf::RepeatedPtrField<v1::SettleResult>* out) {
  Merge(refusals, results, [&](const Error* refusal, const Status* result) {
    v1::SettleResult* entry = out->Add();
    if (refusal) {
      ToEntryError(*refusal, entry->mutable_error());
    } else if (!result->ok()) {
      ToEntryError(result->error(), entry->mutable_error());
    }
  });
}

Result<engine::ReceiveRequest> ToReceive(const v1::ReceiveRequest& request) {
  auto source = model::Target::Parse("source", request.source());
  if (!source.ok()) return std::move(source).error();
  auto messages = Bounded<std::uint32_t>("max_messages", request.max_messages(), 1, model::kMaxReceiveMessages);
  if (!messages.ok()) return std::move(messages).error();
  auto bytes = Bounded<std::uint64_t>("max_bytes", request.max_bytes(), kDefaultReceiveBytes, model::kMaxReceiveBytes);
  if (!bytes.ok()) return std::move(bytes).error();
  auto wait = FromProto("wait", request.wait());
  if (!wait.ok()) return std::move(wait).error();
  BROKER_RETURN_IF_ERROR(CheckAtMost("wait", *wait, model::kMaxWait));
  auto timeout =
      VisibilityTimeout("visibility_timeout", request.has_visibility_timeout(), request.visibility_timeout());
  if (!timeout.ok()) return std::move(timeout).error();
  BROKER_RETURN_IF_ERROR(CheckConsumer("consumer", request.consumer()));
  return engine::ReceiveRequest{.source = *std::move(source),
                                .max_messages = *messages,
                                .max_bytes = *bytes,
                                .wait = *wait,
                                .visibility_timeout = *timeout,
                                .attempt_id = request.attempt_id()};
}

Result<ConsumeLimits> ToLimits(const v1::ConsumeOpen& open) {
  auto source = model::Target::Parse("open.source", open.source());
  if (!source.ok()) return std::move(source).error();
  auto messages = Bounded<std::uint32_t>("open.max_outstanding_messages", open.max_outstanding_messages(),
                                         kDefaultOutstandingMessages, kMaxOutstandingMessages);
  if (!messages.ok()) return std::move(messages).error();
  auto bytes = Bounded<std::uint64_t>("open.max_outstanding_bytes", open.max_outstanding_bytes(),
                                      kDefaultOutstandingBytes, kMaxOutstandingBytes);
  if (!bytes.ok()) return std::move(bytes).error();
  auto timeout = VisibilityTimeout("open.visibility_timeout", open.has_visibility_timeout(), open.visibility_timeout());
  if (!timeout.ok()) return std::move(timeout).error();
  BROKER_RETURN_IF_ERROR(CheckConsumer("open.consumer", open.consumer()));
  return ConsumeLimits{*std::move(source), *messages, *bytes, *timeout};
}

Result<engine::PeekRequest> ToPeek(const v1::PeekRequest& request) {
  engine::PeekRequest peek;
  auto source = model::Target::Parse("source", request.source());
  if (!source.ok()) return std::move(source).error();
  auto state = ToState(request.state());
  if (!state.ok()) return std::move(state).error();
  auto size = ToPageSize(request.page_size(), peek.page_size);
  if (!size.ok()) return std::move(size).error();
  peek.source = *std::move(source);
  peek.state = *state;
  peek.page_size = *size;
  peek.page_token = request.page_token();
  return peek;
}

Status CheckConsumer(const std::string& field, const std::string& consumer) {
  if (consumer.size() <= model::kMaxConsumerBytes) return {};
  return InvalidField(field, fmt::format("{} bytes; at most {}", consumer.size(), model::kMaxConsumerBytes));
}

}  // namespace broker::native
