#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "broker/aws/sns/actions.h"

namespace broker::aws::sns {
namespace {

constexpr std::array<std::string_view, 21> kNames{
    "CheckIfPhoneNumberIsOptedOut",
    "CreatePlatformApplication",
    "CreatePlatformEndpoint",
    "CreateSMSSandboxPhoneNumber",
    "DeleteEndpoint",
    "DeletePlatformApplication",
    "DeleteSMSSandboxPhoneNumber",
    "GetEndpointAttributes",
    "GetPlatformApplicationAttributes",
    "GetSMSAttributes",
    "GetSMSSandboxAccountStatus",
    "ListEndpointsByPlatformApplication",
    "ListOriginationNumbers",
    "ListPhoneNumbersOptedOut",
    "ListPlatformApplications",
    "ListSMSSandboxPhoneNumbers",
    "OptInPhoneNumber",
    "SetEndpointAttributes",
    "SetPlatformApplicationAttributes",
    "SetSMSAttributes",
    "VerifySMSSandboxPhoneNumber",
};

// Refuses whatever it is given.
class NotOfferedAction final : public Action {
 public:
  explicit NotOfferedAction(std::string_view name) : name_(name) {}

  std::string_view name() const override { return name_; }
  Result<Start, FieldProblem> Prepare(Value&, Form) const override {
    return Start([name = name_](const std::shared_ptr<Call>&, const Finish& finish) {
      finish(Refuse(CommonFault::kInvalidAction,
                    fmt::format("{} is not offered: this broker sends nothing to phones and mobile apps.", name)));
    });
  }

 private:
  const std::string_view name_;
};

}  // namespace

std::vector<std::unique_ptr<const Action>> NotOffered() {
  std::vector<std::unique_ptr<const Action>> actions;
  for (const std::string_view name : kNames) actions.push_back(std::make_unique<const NotOfferedAction>(name));
  return actions;
}

}  // namespace broker::aws::sns
