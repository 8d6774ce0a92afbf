#include "broker/native/consume_stream.h"

#include <algorithm>
#include <utility>

#include "broker/model/limits.h"
#include "broker/native/errors.h"
#include "broker/native/message_codec.h"
#include "broker/native/wire.h"

namespace broker::native {
namespace {

constexpr std::uint64_t kMaxResponseBytes = 1u << 20;  // of messages in one response
constexpr std::size_t kMaxSettling = 64;  // settle requests whose answers have not left; then the stream is not read

}  // namespace

ConsumeStream::~ConsumeStream() { context_.loop().Cancel(expiry_); }

void ConsumeStream::Arm(Context& context, MessagesService& service) {
  auto* call = new ConsumeStream(context, service);
  auto& queue = context.loop().queue();
  service.RequestConsume(&call->rpc_, &call->stream_, &queue, &queue, call->started_tag());
}

bool ConsumeStream::Busy() const {
  return watching_ || receiving_ || asking_clock_ || settles_at_engine_ > 0 || releases_ > 0;
}

// ---- requests ---------------------------------------------------------------------------------------------------

void ConsumeStream::Requested(grpc::ByteBuffer& bytes) {
  if (closing_) return;
  v1::ConsumeRequest request;
  const auto refuse = [&](const Error& error) { Close(ToStatus(error), /*counted=*/true); };
  if (auto parsed = ParseRequest(bytes, &request); !parsed.ok()) return refuse(parsed.error());
  const int entries = request.acks_size() + request.nacks_size() + request.extends_size();
  if (request.has_open() == limits_.has_value()) {
    return refuse(InvalidField("open", limits_ ? "the stream is open already: only its first request opens it"
                                               : "it is missing: the first request opens the stream"));
  }
  if (!limits_) {
    if (entries > 0) return refuse(InvalidField("acks", "the first request opens the stream and settles nothing"));
    Open(request.open());
  } else if (entries > 0) {
    if (auto count = CheckSettleCount("acks, nacks and extends", entries); !count.ok()) return refuse(count.error());
    Settle(request);
  }
  ReadOn();
}

void ConsumeStream::ReadOn() {
  if (closing_ || reading() || ended()) return;
  const auto answered = static_cast<std::size_t>(response_.settled_size());
  if (settling_.size() + answered + settled_in_write_ < kMaxSettling) Read();
}

void ConsumeStream::Open(const v1::ConsumeOpen& open) {
  auto caller = context_.MakeCaller(open.namespace_(), rpc_.peer(), open.consumer());
  if (!caller.ok()) return Close(ToStatus(caller.error()), true);
  auto limits = ToLimits(open);
  if (!limits.ok()) return Close(ToStatus(limits.error()), true);
  caller_ = *std::move(caller);
  limits_ = *std::move(limits);
  outstanding_.emplace(limits_->messages, limits_->bytes);
  Watch();
  AskClock();
}

// A receive would tell it too, but there is none while the budget is used up or a write is under way.
void ConsumeStream::Watch() {
  watching_ = true;
  watch_ = context_.engine().Watch(caller_, limits_->source, [this](Status gone) {
    watching_ = false;
    Close(ToStatus(gone.error()), /*counted=*/true);
    MayGo();
  });
}

void ConsumeStream::AskClock() {
  if (asking_clock_) return;
  asking_clock_ = true;
  context_.engine().ShowClock([this](Result<engine::ClockInfo> info) {
    asking_clock_ = false;
    const MonotonicTime now = context_.clock().Monotonic();
    if (info.ok()) engine_ahead_ = info->engine.time_since_epoch() - now.time_since_epoch();
    outstanding_->Expire(now);
    Receive();
    Advance();
    MayGo();
  });
}

// ---- deliveries -------------------------------------------------------------------------------------------------

void ConsumeStream::Receive() {
  if (closing_ || !limits_ || receiving_ || writing() || !gathered_.empty()) return;
  const std::uint64_t free = outstanding_->FreeMessages();
  if (free == 0) return ExpireLater();
  engine::ReceiveRequest receive;
  receive.source = limits_->source;
  receive.max_messages = static_cast<std::uint32_t>(std::min<std::uint64_t>(free, model::kMaxReceiveMessages));
  receive.max_bytes = std::min(outstanding_->FreeBytes(), kMaxResponseBytes);
  receive.wait = announced_ ? model::kMaxWait : Nanos{0};  // the first tells whether the source is there
  receive.visibility_timeout = limits_->visibility_timeout;
  receiving_ = true;
  waiter_ = context_.engine().Receive(caller_, std::move(receive), [this](Result<engine::ReceiveResponse> result) {
    Received(std::move(result));
    MayGo();
  });
}

void ConsumeStream::Received(Result<engine::ReceiveResponse> result) {
  receiving_ = false;
  if (!result.ok()) {
    Close(ToStatus(result.error()), /*counted=*/true);
    return Advance();
  }
  for (const auto& delivery : result->deliveries) {
    const MonotonicTime deadline(delivery.lease_deadline.time_since_epoch() - engine_ahead_);
    outstanding_->Add(delivery.receipt, model::SizeBytes(delivery.message->content), deadline);
    if (closing_ || client_left_early_) continue;
    ToProto(delivery, response_.add_deliveries());
    gathered_.push_back(delivery.receipt);
  }
  if (client_left_early_) Close(grpc::Status::OK, /*counted=*/true);
  if (closing_) return Advance();
  if (!std::exchange(announced_, true)) response_.set_opened(true);
  if (response_.opened() || !gathered_.empty()) return Flush();
  Receive();
}

// With the budget used up, only settles and leases that run out make room; the latter are looked for when the first
// of them can have.
void ConsumeStream::ExpireLater() {
  if (expiry_ != 0) return;
  const auto first = outstanding_->FirstDeadline();
  if (!first) return;
  expiry_ = context_.loop().At(*first, [this] {
    expiry_ = 0;
    if (!closing_) AskClock();
  });
}

void ConsumeStream::Flush() {
  if (writing() || ended() || finishing()) return;
  if (!response_.opened() && gathered_.empty() && response_.settled().empty()) return;
  in_write_ = std::exchange(gathered_, {});
  settled_in_write_ = static_cast<std::size_t>(response_.settled_size());
  Write(response_);
  response_.Clear();
}

void ConsumeStream::Written(bool ok) {
  if (ok) outstanding_->Sent(in_write_);
  in_write_.clear();
  settled_in_write_ = 0;
  Flush();
  Receive();
  ReadOn();
  Advance();
}

// ---- settles ----------------------------------------------------------------------------------------------------

void ConsumeStream::Settle(v1::ConsumeRequest& request) {
  settling_.push_back(std::make_unique<Settling>());
  Settling& settling = *settling_.back();
  settling.id = request.settle_id();
  SeenReceipts seen;
  auto acks = TakeAcks(*request.mutable_acks(), seen);
  auto nacks = TakeNacks(*request.mutable_nacks(), seen);
  auto extends = TakeExtends(*request.mutable_extends(), seen);
  settling.acks.refusals = std::move(acks.refusals);
  settling.nacks.refusals = std::move(nacks.refusals);
  settling.extends.refusals = std::move(extends.refusals);
  settling.acks.receipts = acks.entries;
  for (const auto& entry : nacks.entries) settling.nacks.receipts.push_back(entry.receipt);
  for (const auto& entry : extends.entries) {
    settling.extends.receipts.push_back(entry.receipt);
    settling.extends.timeouts.push_back(entry.visibility_timeout);
  }
  const auto answer = [this, &settling](Part& part) {
    ++settling.parts_at_engine;
    ++settles_at_engine_;
    return [this, &settling, &part](Result<engine::SettleResponse> result) {
      Settled(settling, part, std::move(result));
      MayGo();
    };
  };
  engine::Engine& engine = context_.engine();
  if (!acks.entries.empty()) {
    engine.Ack(caller_, limits_->source, std::move(acks.entries), answer(settling.acks));
  }
  if (!nacks.entries.empty()) {
    engine.Nack(caller_, limits_->source, std::move(nacks.entries), answer(settling.nacks));
  }
  if (!extends.entries.empty()) {
    engine.Extend(caller_, limits_->source, std::move(extends.entries), answer(settling.extends));
  }
  AnswerSettled();  // when every entry was refused
}

void ConsumeStream::Settled(Settling& settling, Part& part, Result<engine::SettleResponse> result) {
  --settles_at_engine_;
  --settling.parts_at_engine;
  if (result.ok()) {
    part.results = std::move(result->results);
  } else {
    part.results.assign(part.receipts.size(), result.error());
  }
  const MonotonicTime now = context_.clock().Monotonic();
  for (std::size_t i = 0; i < part.receipts.size(); ++i) {
    if (i < part.timeouts.size() && part.timeouts[i] > Nanos{0}) {
      if (part.results[i].ok()) outstanding_->Extend(part.receipts[i], now + part.timeouts[i]);
    } else {
      outstanding_->Remove(part.receipts[i]);
    }
  }
  AnswerSettled();
  Receive();
  ReadOn();
  Advance();
}

void ConsumeStream::AnswerSettled() {
  while (!settling_.empty() && settling_.front()->parts_at_engine == 0) {
    const Settling& done = *settling_.front();
    auto& out = *response_.add_settled();
    out.set_settle_id(done.id);
    ToProto(done.acks.refusals, done.acks.results, out.mutable_acks());
    ToProto(done.nacks.refusals, done.nacks.results, out.mutable_nacks());
    ToProto(done.extends.refusals, done.extends.results, out.mutable_extends());
    settling_.pop_front();
  }
  if (!response_.settled().empty()) FlushSoon();
}

// ---- the end ----------------------------------------------------------------------------------------------------

// A client that asked and closes at once is still told when what it asked for is not there.
void ConsumeStream::ClientClosed() {
  if (limits_ && !announced_) {
    client_left_early_ = true;
  } else {
    Close(grpc::Status::OK, /*counted=*/true);
  }
}

void ConsumeStream::CallEnded() {
  Close(grpc::Status::CANCELLED, /*counted=*/true);
  Advance();
}

void ConsumeStream::Drain() { Close(ToStatus(Stopping()), /*counted=*/false); }

void ConsumeStream::Close(const grpc::Status& status, bool counted) {
  if (closing_) return;
  closing_ = Closing{status, counted};
  context_.loop().Cancel(std::exchange(expiry_, 0));
  if (receiving_) context_.engine().CancelReceive(waiter_);
  if (watching_) context_.engine().CancelReceive(watch_);
  // What was gathered and not written stays unsent.
  response_.clear_deliveries();
  gathered_.clear();
  Advance();
}

void ConsumeStream::Advance() {
  if (!closing_ || receiving_ || settles_at_engine_ > 0 || writing() || finishing()) return;
  if (!ended() && !response_.settled().empty()) return FlushSoon();
  if (!std::exchange(given_back_, true) && outstanding_) {
    Outstanding::Receipts receipts = outstanding_->TakeAll();
    GiveBack(std::move(receipts.sent), closing_->counted);
    GiveBack(std::move(receipts.unsent), /*counted=*/false);
  }
  if (releases_ == 0 && !ended()) Finish(closing_->status);
}

void ConsumeStream::GiveBack(std::vector<std::string> receipts, bool counted) {
  if (receipts.empty()) return;
  ++releases_;
  context_.engine().Release(caller_, limits_->source, std::move(receipts), counted, [this](Status) {
    --releases_;
    Advance();
    MayGo();
  });
}

}  // namespace broker::native
