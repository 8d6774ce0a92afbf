#include "broker/native/publish_stream.h"

#include <fmt/format.h>

#include <utility>

#include "broker/native/errors.h"
#include "broker/native/request_codec.h"
#include "broker/native/wire.h"

namespace broker::native {
namespace {

constexpr std::size_t kMaxResponseBytes = 1u << 20;

}  // namespace

void PublishStream::Arm(Context& context, MessagesService& service) {
  auto* call = new PublishStream(context, service);
  auto& queue = context.loop().queue();
  service.RequestPublishStream(&call->rpc_, &call->stream_, &queue, &queue, call->started_tag());
}

void PublishStream::Requested(grpc::ByteBuffer& bytes) {
  if (closing_) return;
  const std::size_t size = bytes.Length();
  request_.Clear();
  if (auto parsed = ParseRequest(bytes, &request_); !parsed.ok()) return Close(ToStatus(parsed.error()));
  const std::uint64_t id = request_.request_id();
  if (!unanswered_.insert(id).second) {
    return Close(ToStatus(InvalidField("request_id", fmt::format("{} is still unanswered on this stream", id))));
  }
  ++held_;
  held_bytes_ += size;
  Publish(id, size);
  ReadOn();
}

void PublishStream::Publish(std::uint64_t id, std::size_t request_bytes) {
  v1::PublishRequest& publish = *request_.mutable_publish();
  if (!publish.namespace_().empty()) name_space_ = publish.namespace_();
  if (publish.target().empty()) publish.set_target(target_);
  target_ = publish.target();
  auto caller = context_.MakeCaller(name_space_, rpc_.peer());
  if (!caller.ok()) return Refuse(id, request_bytes, caller.error());
  auto plan = TakePublish(publish);
  if (!plan.ok()) return Refuse(id, request_bytes, plan.error());

  const auto answer = [this, id, request_bytes](const Refusals& refusals, const engine::PublishResponse& response) {
    Answer made;
    made.proto.set_request_id(id);
    ToProto(refusals, response, made.proto.mutable_published());
    made.request_bytes = request_bytes;
    Answered(std::move(made));
  };
  if (plan->request.entries.empty()) return answer(plan->refusals, {});  // each of them was refused
  ++publishing_;
  context_.engine().Publish(
      *caller, std::move(plan->request),
      [this, id, request_bytes, answer, refusals = std::move(plan->refusals)](Result<engine::PublishResponse> result) {
        --publishing_;
        if (result.ok()) {
          answer(refusals, *result);
        } else {
          Refuse(id, request_bytes, result.error());
        }
        MayGo();
      });
}

void PublishStream::Refuse(std::uint64_t id, std::size_t request_bytes, const Error& error) {
  Answer answer;
  answer.proto.set_request_id(id);
  ToEntryError(error, answer.proto.mutable_error());
  answer.request_bytes = request_bytes;
  Answered(std::move(answer));
}

void PublishStream::Answered(Answer answer) {
  answers_.push_back(std::move(answer));
  FlushSoon();
}

void PublishStream::Flush() {
  if (ended() || finishing()) {
    answers_.clear();
    return;
  }
  if (!writing() && !answers_.empty()) {
    v1::PublishStreamResponse response;
    std::size_t size = 0;
    while (!answers_.empty() && size < kMaxResponseBytes) {
      Answer& answer = answers_.front();
      unanswered_.erase(answer.proto.request_id());  // the client may use it again once it has read this
      size += answer.proto.ByteSizeLong();
      ++writing_held_;
      writing_bytes_ += answer.request_bytes;
      *response.add_answers() = std::move(answer.proto);
      answers_.pop_front();
    }
    Write(response);
  }
  FinishIfAnswered();
}

void PublishStream::Written(bool) {
  held_ -= std::exchange(writing_held_, 0);
  held_bytes_ -= std::exchange(writing_bytes_, 0);
  Flush();
  ReadOn();
}

void PublishStream::ReadOn() {
  if (closing_ || reading() || ended()) return;
  if (held_ < kMaxUnanswered && held_bytes_ < kMaxUnansweredBytes) Read();
}

void PublishStream::Drain() { Close(ToStatus(Stopping())); }

void PublishStream::Close(const grpc::Status& status) {
  if (!closing_) closing_ = status;
  FinishIfAnswered();
}

void PublishStream::FinishIfAnswered() {
  if (!closing_ || ended() || finishing() || writing() || !unanswered_.empty() || !answers_.empty()) return;
  Finish(*closing_);
}

}  // namespace broker::native
