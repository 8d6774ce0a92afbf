#include "broker/aws/backend.h"

namespace broker::aws {

engine::Caller Backend::CallerOf(const Identity& identity) const {
  engine::Caller caller;
  caller.name_space = resolve_namespace(identity.account);
  caller.principal = identity.access_key;
  caller.peer = identity.peer;
  return caller;
}

}  // namespace broker::aws
