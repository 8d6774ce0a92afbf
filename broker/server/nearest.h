// The known word that a mistyped one most likely meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace broker::server {

// By the number of letters to insert, delete or replace; the first of equals. REQUIRES: !known.empty()
std::string Nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace broker::server
