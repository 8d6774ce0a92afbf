#include "broker/native/dead_letters_service.h"

#include <utility>

#include "broker/native/admin_call.h"
#include "broker/native/dead_letter_page.h"
#include "broker/native/info_codec.h"
#include "broker/native/replay_codec.h"
#include "broker/native/request_codec.h"

namespace broker::native {

namespace {

constexpr std::size_t kDefaultPage = 10;

}  // namespace

void DeadLettersService::Arm() {
  ArmAdmin<v1::ListDeadLettersRequest, v1::ListDeadLettersResponse>(
      context_, *this, &DeadLettersService::RequestList,
      [this](const engine::Caller& caller, const v1::ListDeadLettersRequest& request,
             Answer<v1::ListDeadLettersResponse> answer) {
        if (auto name = model::CheckName("queue", request.queue()); !name.ok()) return answer(std::move(name).error());
        auto size = ToPageSize(request.page_size(), kDefaultPage);
        if (!size.ok()) return answer(std::move(size).error());
        auto place = DeadLetterPlace::Parse(request.page_token());
        if (!place.ok()) return answer(std::move(place).error());
        ListDeadLetters(context_.engine(), caller, request.queue(), *size, *std::move(place), std::move(answer));
      });
  ArmAdmin<v1::RedriveRequest, v1::Task>(
      context_, *this, &DeadLettersService::RequestRedrive,
      [this](const engine::Caller& caller, const v1::RedriveRequest& request, Answer<v1::Task> answer) {
        auto move = ToMove(request);
        if (!move.ok()) return answer(std::move(move).error());
        context_.engine().Move(caller, *std::move(move), Then<engine::TaskInfo>(std::move(answer)));
      });
}

}  // namespace broker::native
