// Policies that settings are made of, from the wire and to it: backoff, bounds, who may dead-letter here, filters, labels.
// `field` is the policy's path in the request ("queue.bounds"). What cannot be said in the model is refused by field;
// ranges are checked by the engine. Pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "broker/base/result.h"
#include "broker/engine/commands.h"
#include "broker/v1/common.pb.h"

namespace broker::native {

using ProtoTexts = google::protobuf::Map<std::string, std::string>;

Result<model::RetryBackoff> ToBackoff(const std::string& field, const v1::RetryBackoff& from);
Result<model::Bounds> ToBounds(const std::string& field, const v1::Bounds& from);
Result<model::DeadLetterAccess> ToAccess(const std::string& field, const v1::DeadLetterAccess& from);
// nullopt for empty text. Errors: kInvalidArgument, INVALID_FILTER, with a violation of `field`.
Result<std::optional<model::Filter>> ToFilter(const std::string& field, const std::string& text);
std::map<std::string, std::string> ToTexts(const ProtoTexts& from);

void ToProto(const model::RetryBackoff& backoff, v1::RetryBackoff* out);
void ToProto(const model::Bounds& bounds, v1::Bounds* out);
void ToProto(const model::DeadLetterAccess& access, v1::DeadLetterAccess* out);
void ToProto(const std::map<std::string, std::string>& texts, ProtoTexts* out);

}  // namespace broker::native
