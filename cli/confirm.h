// Asks before something that cannot be undone.
#pragma once

#include <string_view>

#include "cli/terminal.h"

namespace broker::cli {

// True to go on. With `yes` nothing is asked. On a terminal the question goes to standard error and only "y" or "yes"
// confirms. Without a terminal nobody can answer: false, with a hint at --yes.
bool Confirm(Terminal& terminal, std::string_view question, bool yes);

}  // namespace broker::cli
