// Flags of settings beyond delivery: labels, bounds, who may dead-letter here. Each declared and applied in one place. An
// update of what the API replaces as a whole begins with what is there: `present`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/result.h"
#include "broker/v1/common.pb.h"
#include "broker/v1/queues.pb.h"
#include "cli/command.h"

namespace broker::cli {

using ProtoTexts = google::protobuf::Map<std::string, std::string>;

// --label K=V, repeatable; in an update "K=" takes one away.
class LabelFlags {
 public:
  void Declare(Declaration& declare, bool for_update);
  bool given() const { return !texts_.empty(); }
  // Errors: kInvalidArgument for what is no K=V.
  Status Apply(const ProtoTexts& present, ProtoTexts& labels, std::vector<std::string>& mask) const;

 private:
  bool for_update_ = false;
  std::vector<std::string> texts_;
};

// --max-messages, --max-bytes, --overflow
class BoundsFlags {
 public:
  void Declare(Declaration& declare);
  bool given() const { return max_messages_ || max_bytes_ || !overflow_.empty(); }
  void Apply(const v1::Bounds& present, v1::Queue& queue, std::vector<std::string>& mask) const;

 private:
  std::optional<std::uint64_t> max_messages_;
  std::optional<std::uint64_t> max_bytes_;
  std::string overflow_;
};

// --accept-dead-letters-from
class AccessFlag {
 public:
  void Declare(Declaration& declare);
  void Apply(v1::Queue& queue, std::vector<std::string>& mask) const;

 private:
  std::vector<std::string> sources_;
};

// A value that can be set, or taken away by an update.
class OptionalDuration {
 public:
  void Declare(Declaration& declare, const std::string& word, const std::string& description, bool for_update);
  bool given() const { return value_.has_value() || none_; }
  const std::optional<Nanos>& value() const { return value_; }

 private:
  std::optional<Nanos> value_;
  bool none_ = false;
};

}  // namespace broker::cli
