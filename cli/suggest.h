// "Did you mean ...?": names close to a mistyped one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace broker::cli {

// Single-character insertions, deletions, replacements and swaps of neighbours that lead from one text to the other.
std::size_t EditDistance(std::string_view a, std::string_view b);

// At most three of `names`, best first: within a distance of a third of the name's length (at least 1), or one a
// prefix of the other.
std::vector<std::string> Similar(std::string_view name, const std::vector<std::string>& names);

}  // namespace broker::cli
