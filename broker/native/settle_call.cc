#include "broker/native/settle_call.h"

#include <utility>

#include "broker/native/errors.h"
#include "broker/native/messages_service.h"
#include "broker/native/request_codec.h"
#include "broker/native/unary_call.h"

namespace broker::native {
namespace {

struct AckMethod {
  using Request = v1::AckRequest;
  using Response = v1::AckResponse;
  static constexpr auto kArm = &MessagesService::RequestAck;
  static constexpr auto kField = "receipts";
  static auto& Entries(Request& request) { return *request.mutable_receipts(); }
  static auto Take(Request& request, SeenReceipts& seen) { return TakeAcks(*request.mutable_receipts(), seen); }
  static constexpr auto kCommand = &engine::Engine::Ack;
};

struct NackMethod {
  using Request = v1::NackRequest;
  using Response = v1::NackResponse;
  static constexpr auto kArm = &MessagesService::RequestNack;
  static constexpr auto kField = "entries";
  static auto& Entries(Request& request) { return *request.mutable_entries(); }
  static auto Take(Request& request, SeenReceipts& seen) { return TakeNacks(*request.mutable_entries(), seen); }
  static constexpr auto kCommand = &engine::Engine::Nack;
};

struct ExtendMethod {
  using Request = v1::ExtendRequest;
  using Response = v1::ExtendResponse;
  static constexpr auto kArm = &MessagesService::RequestExtend;
  static constexpr auto kField = "entries";
  static auto& Entries(Request& request) { return *request.mutable_entries(); }
  static auto Take(Request& request, SeenReceipts& seen) { return TakeExtends(*request.mutable_entries(), seen); }
  static constexpr auto kCommand = &engine::Engine::Extend;
};

template <class Method>
class SettleCall final : public UnaryCall {
 public:
  static void Arm(Context& context, MessagesService& service) {
    auto* call = new SettleCall(context, service);
    auto& queue = context.loop().queue();
    (service.*Method::kArm)(&call->rpc_, &call->bytes_, &call->writer_, &queue, &queue, static_cast<Tag*>(call));
  }

 private:
  SettleCall(Context& context, MessagesService& service) : UnaryCall(context), service_(service) {}
  ~SettleCall() override = default;
  void ArmNext() override { Arm(context_, service_); }

  void Serve() override {
    auto& request = New<typename Method::Request>();
    engine::Caller caller;
    if (!Open(request, caller)) return;
    auto source = model::Target::Parse("source", request.source());
    if (!source.ok()) return Fail(source.error());
    if (auto count = CheckSettleCount(Method::kField, Method::Entries(request).size()); !count.ok()) {
      return Fail(count.error());
    }
    SeenReceipts seen;
    auto plan = Method::Take(request, seen);
    if (plan.entries.empty()) return Answer(plan.refusals, {});  // each of them was refused
    (context_.engine().*Method::kCommand)(
        caller, *std::move(source), std::move(plan.entries),
        [this, refusals = std::move(plan.refusals)](Result<engine::SettleResponse> result) {
          if (!result.ok()) return Fail(result.error());
          Answer(refusals, result->results);
        });
  }

  void Answer(const Refusals& refusals, const std::vector<Status>& results) {
    auto& response = New<typename Method::Response>();
    ToProto(refusals, results, response.mutable_results());
    Reply(response);
  }

  MessagesService& service_;
};

}  // namespace

void ArmAck(Context& context, MessagesService& service) { SettleCall<AckMethod>::Arm(context, service); }
void ArmNack(Context& context, MessagesService& service) { SettleCall<NackMethod>::Arm(context, service); }
void ArmExtend(Context& context, MessagesService& service) { SettleCall<ExtendMethod>::Arm(context, service); }

}  // namespace broker::native
