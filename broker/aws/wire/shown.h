// What a client sent, as an error may repeat it: at most kShownBytes, and in UTF-8 whatever it was.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "broker/model/validation.h"

namespace broker::aws {

inline constexpr std::size_t kShownBytes = 200;

inline std::string Shown(std::string_view text) { return model::CutText(text, kShownBytes); }

}  // namespace broker::aws
