// Checks of what callers give, against limits.h.
#pragma once

#include <map>
#include <string>

#include "broker/base/result.h"
#include "broker/model/message.h"

namespace broker::model {

// `field` is the path of the message in its request, e.g. "messages[3]". Errors: kInvalidArgument with the first wrong
// field, its value's size and the limit; text that is not UTF-8 counts as wrong, body and byte attributes excepted.
Status CheckContent(const std::string& field, const MessageContent& content);

// Labels of a thing: at most kMaxLabels, names of 1 to kMaxLabelKeyBytes, values of at most kMaxLabelValueBytes.
Status CheckLabels(const std::string& field, const std::map<std::string, std::string>& labels);

// The longest prefix of `text` of at most `max_bytes` that ends at a character's edge; invalid UTF-8 becomes '?'.
std::string CutText(std::string_view text, std::size_t max_bytes);

}  // namespace broker::model
