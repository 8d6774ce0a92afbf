// Update masks: which fields a caller means to change. Pure functions.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace broker::native {

// The fields a resource has, by path in the mask ("dead_letter", "deduplication.scope").
struct MaskRules {
  std::string_view resource;                           // "queue", for the error's words
  std::initializer_list<std::string_view> changeable;  // leaves
  std::initializer_list<std::string_view> fixed;       // fields that exist and cannot be changed
  bool star = true;                                    // "*" means all of them
};

// The changeable leaves that `mask` names; a parent ("deduplication") stands for its leaves.
// Errors: kInvalidArgument with one violation of "update_mask" for each wrong path, or for an empty mask.
Result<std::set<std::string, std::less<>>> ResolveMask(const google::protobuf::FieldMask& mask, const MaskRules& rules);

}  // namespace broker::native
