// Whether a move may begin, beside those that run. Looks only. Confined to the engine's strand.
#pragma once

#include <optional>

#include "broker/base/result.h"
#include "broker/engine/catalog.h"
#include "broker/engine/task_table.h"

namespace broker::engine {

// Of what waits in `source`; without `destination` back to where its dead letters came from. Errors: as of Engine::Move.
Status CheckMove(const Catalog& catalog, const TaskTable& tasks, const Caller& caller, const Queue& source,
                 const std::optional<model::ResourceRef>& destination);

}  // namespace broker::engine
