// What the engine writes of its things, settings and positions: one record each, put into the journal as the thing is now.
// recover.cc and recover_catalog.cc read them back. What ends a thing deletes its record itself.
//
// Of settings, snapshots, tasks and the engine itself the group is synced; positions, pages and logs go with whatever
// else their group holds. Confined to the engine's strand.
#pragma once

#include <cstdint>

#include "broker/engine/catalog.h"
#include "broker/engine/cursor.h"
#include "broker/engine/journal.h"
#include "broker/engine/message_log.h"
#include "broker/engine/task.h"

namespace broker::engine {

// `deleted`: nobody can name it any more, but its log still lives.
void StoreTopic(Journal& journal, const Topic& topic, bool deleted);
void StoreQueue(Journal& journal, const Queue& queue);
void StoreSubscription(Journal& journal, const Subscription& subscription);
void StoreSnapshot(Journal& journal, const Snapshot& snapshot);
void StoreTask(Journal& journal, const Task& task);

// The cursor notes what is stored: when it was last used, and here which of its pages there are.
void StoreCursorPosition(Journal& journal, Cursor& cursor);
void StorePage(Journal& journal, Cursor& cursor, std::uint64_t page);

void StoreLogState(Journal& journal, const MessageLog& log);
// How many of its messages are delayed, and in which chunks.
void StoreDelayed(Journal& journal, const MessageLog& log);

// The newest of its time marks, and what became of those that were thinned out or left behind.
void StoreMark(Journal& journal, const MessageLog& log);
void DeleteDroppedMarks(Journal& journal, MessageLog& log);

void StoreEngine(Journal& journal, std::uint64_t next_id, std::uint64_t boot, Nanos held_back);

}  // namespace broker::engine
