#include "broker/aws/wire/value.h"

#include <algorithm>

namespace broker::aws {

Value* Value::Find(std::string_view name) {
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

}  // namespace broker::aws
