// Times and durations between the wire and the broker. Pure functions.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string_view>

#include "broker/base/clock.h"
#include "broker/base/result.h"

namespace broker::native {

// A duration of a request. Errors: kInvalidArgument with a violation of `field` when it is negative, not well-formed
// (nanos outside 0 to 999,999,999) or beyond the 292 years of 64-bit nanoseconds.
Result<Nanos> FromProto(std::string_view field, const google::protobuf::Duration& duration);
// The same for one that may be absent.
Result<std::optional<Nanos>> FromProto(std::string_view field, bool present,
                                       const google::protobuf::Duration& duration);
// A time of a request. Errors: kInvalidArgument when it is not well-formed or outside the years 1678 to 2262.
Result<Time> FromProto(std::string_view field, const google::protobuf::Timestamp& time);

void ToProto(Nanos duration, google::protobuf::Duration* out);
void ToProto(Time time, google::protobuf::Timestamp* out);

}  // namespace broker::native
