// A form ("Action=SendMessage&MessageAttribute.1.Name=a") to a Value: a name's dots make the tree.
// Not here: which numbered members are a list and which a map; that is the shape's (fields.h).
// Confined to one thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "broker/aws/wire/value.h"
#include "broker/base/result.h"

namespace broker::aws {

class FormReader {
 public:
  // A query string or a form's body, added to what is there. Errors: kInvalidArgument naming the parameter: malformed
  // percent-encoding or UTF-8, a name that is empty, there twice or both a leaf and a branch, the bounds of value.h.
  Status Add(std::string_view form);

  // An object of texts and objects.
  Value Take() { return std::move(root_); }

 private:
  Status AddOne(std::string_view name, std::string_view value);

  Value root_{Value::Kind::kObject, {}, {}, {}};
  std::size_t values_ = 0;
};

}  // namespace broker::aws
