#include "broker/aws/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/aws/address.h"
#include "broker/aws/wire/form_reader.h"
#include "broker/aws/wire/json_reader.h"
#include "broker/aws/wire/shown.h"

namespace broker::aws {
namespace {

constexpr std::string_view kTargetHeader = "X-Amz-Target";
constexpr std::string_view kSqsTarget = "AmazonSQS.";
constexpr std::string_view kSqsVersion = "2012-11-05";
constexpr std::string_view kSnsVersion = "2010-03-31";

// "application/json; charset=utf-8" is "application/json".
std::string_view MediaType(std::string_view header) {
  std::string_view type = header.substr(0, header.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type;
}

std::string TakeText(Value& input, std::string_view name) {
  Value* const value = input.Find(name);
  return value != nullptr && value->kind == Value::Kind::kText ? value->text : std::string();
}

Refusal UnknownOperation() { return Refuse(CommonFault::kUnknownOperation, {}); }

void ReadJsonInput(const net::Request& request, std::string_view target, Asked& asked) {
  asked.form = Form::kJson;
  const std::string_view type = MediaType(request.Find("Content-Type").value_or(""));
  const bool is_json = net::EqualsWithoutCase(type, "application/x-amz-json-1.0") ||
                       net::EqualsWithoutCase(type, "application/x-amz-json-1.1") ||
                       net::EqualsWithoutCase(type, "application/json");
  if (!target.starts_with(kSqsTarget) || !is_json || request.method != "POST") {
    asked.refusal = UnknownOperation();
    return;
  }
  asked.action = target.substr(kSqsTarget.size());
  if (request.body.empty()) {
    asked.input.kind = Value::Kind::kObject;
    return;
  }
  auto input = ReadJson(request.body);
  if (!input.ok()) {
    asked.refusal = Refuse(CommonFault::kSerialization, std::move(input).error().message);
  } else if (input->kind != Value::Kind::kObject) {
    asked.refusal = Refuse(CommonFault::kSerialization, "The request is not a JSON object.");
  } else {
    asked.input = *std::move(input);
  }
}

void ReadFormInput(const net::Request& request, Asked& asked) {
  asked.form = Form::kQuery;
  if (request.method != "GET" && request.method != "POST") {
    asked.refusal = UnknownOperation();
    return;
  }
  const std::string_view type = MediaType(request.Find("Content-Type").value_or("application/x-www-form-urlencoded"));
  FormReader reader;
  Status read = reader.Add(request.query());
  if (read.ok() && net::EqualsWithoutCase(type, "application/x-www-form-urlencoded")) read = reader.Add(request.body);
  if (!read.ok()) {
    asked.refusal = Refuse(CommonFault::kMalformedQueryString, std::move(read).error().message);
    return;
  }
  asked.input = reader.Take();
  asked.action = TakeText(asked.input, "Action");
  if (asked.action.empty()) asked.refusal = UnknownOperation();
}

Service ServiceOf(Asked& asked, const std::function<bool(std::string_view)>& only_sns_has) {
  if (asked.form == Form::kJson) return Service::kSqs;  // only it speaks JSON
  if (asked.signature && asked.signature->service == "sqs") return Service::kSqs;
  if (asked.signature && asked.signature->service == "sns") return Service::kSns;
  const std::string version = TakeText(asked.input, "Version");
  if (version == kSqsVersion || asked.at_queue) return Service::kSqs;
  if (version == kSnsVersion || only_sns_has(asked.action)) return Service::kSns;
  return Service::kSqs;
}

}  // namespace

bool Claims(const net::Request& request, std::string_view base) {
  const std::string_view path = Below(base, request.path());
  return request.Find(kTargetHeader).has_value() || path == "/" || QueueAddress::FromPath(path).has_value();
}

Asked Understand(const net::Request& request, const std::function<bool(std::string_view)>& only_sns_has,
                 std::string_view base) {
  Asked asked;
  const std::string_view path = Below(base, request.path());
  if (path != "/") {
    asked.at_queue = QueueAddress::FromPath(path).has_value();
    if (!asked.at_queue) {
      asked.refusal = Refuse(CommonFault::kInvalidAddress,
                             fmt::format("The address {} is not valid for this endpoint.", Shown(request.path())));
    }
  }
  const auto target = request.Find(kTargetHeader);
  if (asked.refusal) {
    asked.form = target ? Form::kJson : Form::kQuery;
    return asked;
  }
  target ? ReadJsonInput(request, *target, asked) : ReadFormInput(request, asked);
  if (asked.at_queue && asked.input.Find("QueueUrl") == nullptr) {
    asked.input.members.push_back({"QueueUrl", Value{Value::Kind::kText, std::string(path), {}, {}}});
  }
  auto signature = ReadSignature(request);
  if (signature.ok()) {
    asked.signature = *std::move(signature);
  } else if (!asked.refusal) {
    asked.refusal = std::move(signature).error();
  }
  asked.service = ServiceOf(asked, only_sns_has);
  return asked;
}

}  // namespace broker::aws
