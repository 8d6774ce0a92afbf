// Tags of a topic: its labels, as this wire has them. Pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/aws/fault.h"
#include "broker/aws/wire/fields.h"
#include "broker/aws/wire/writer.h"
#include "broker/base/result.h"

namespace broker::aws::sns {

struct Tag {
  std::string key;
  std::string value;
};
void Read(Fields& f, Tag& tag);

using Labels = std::map<std::string, std::string>;

// `labels` with the tags laid over them. Errors: InvalidParameter for a tag that cannot be or is there twice;
// TagLimitExceeded.
Result<Labels, Refusal> WithTags(Labels labels, const std::vector<Tag>& tags);

void WriteTags(Writer& w, const Labels& labels);

}  // namespace broker::aws::sns
