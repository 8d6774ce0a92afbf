// Names that exist at the broker now, for completion and "did you mean".
#pragma once

#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/command.h"

namespace broker::cli {

// At most 1,000 of a kind; none if the broker does not answer. Where two kinds are asked for, a name that both have
// is given as "queue/NAME" and so on.
std::vector<std::string> LiveNames(Client& client, Names names);

}  // namespace broker::cli
