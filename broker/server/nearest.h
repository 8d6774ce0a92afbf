// The known word that a mistyped one most likely meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace broker::server {

// "is not known; did you mean ...?", with the nearest by the number of letters to insert, delete or replace, the first
// of equals; without a guess where that is more than a third of the word. REQUIRES: !known.empty()
std::string NotKnown(std::string_view word, const std::vector<std::string>& known);

}  // namespace broker::server
