#include "broker/aws/sqs/queue_call.h"

#include <fmt/format.h>

#include <utility>

#include "broker/aws/wire/shown.h"

namespace broker::aws::sqs {

Result<QueueCall, Refusal> CallAbout(const Backend& backend, const Call& call, const std::string& url) {
  auto address = QueueAddress::FromUrl(url, PathOf(call.identity().base_url));
  if (!address)
    return Refuse(CommonFault::kInvalidAddress,
                  fmt::format("The address {} is not valid for this endpoint.", Shown(url)));
  QueueCall about{call.identity().At(*address), {}, std::move(address->name), call.form()};
  about.caller = backend.CallerOf(about.identity);
  return about;
}

void WhenDurable(const Backend& backend, std::function<void()> tell) {
  // Any command does: its answer comes after those before it.
  backend.engine.ShowClock([tell = std::move(tell)](const Result<engine::ClockInfo>&) { tell(); });
}

Access NeedsQueue(std::string_view action, const Call& call, const std::string& url) {
  const auto address = QueueAddress::FromUrl(url, PathOf(call.identity().base_url));
  return {fmt::format("sqs:{}", action), address ? call.identity().At(*address).QueueArn(address->name) : "*"};
}

}  // namespace broker::aws::sqs
