// What only this face knows of a thing: annotations "aws.NAME", here by their NAME. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "broker/engine/commands.h"
#include "broker/model/settings.h"

namespace broker::aws {

inline constexpr std::string_view kAnnotationPrefix = "aws.";

// Empty: there is none. Setting one to nothing takes it away.
std::string Annotation(const model::Notes& notes, std::string_view name);
void SetAnnotation(model::Notes& notes, std::string_view name, std::string value);

// What turns `old` into `changed`.
engine::NotesPatch Difference(const model::Notes& old, const model::Notes& changed);

}  // namespace broker::aws
