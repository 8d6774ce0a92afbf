#include "broker/aws/wire/value.h"

#include <algorithm>
#include <utility>

namespace broker::aws {

const Value* Value::Find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

Value* Value::Find(std::string_view name) { return const_cast<Value*>(std::as_const(*this).Find(name)); }

}  // namespace broker::aws
