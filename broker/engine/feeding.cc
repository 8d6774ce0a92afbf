// From a topic's log into a queue, on the queue's behalf: what a queue subscription's catching up and a replay have in
// common. The position moves in the group that holds the aliases, so that none is given twice and none left out. When the
// store cannot be read just now, it stands still until it can. Only what is damaged is left out, and logged as an error.
#include <algorithm>

#include "broker/base/log.h"
#include "broker/engine/core.h"

namespace broker::engine {

bool Engine::Core::Feed(Cursor& cursor, std::uint64_t end, std::size_t limit, bool with_message,
                        const std::function<void(const StoredRecord&, model::MessageId target)>& give) {
  const MessageLog& log = *cursor.log;
  end = std::min(end, log.next_sequence);
  for (std::size_t n = 0; n < limit && cursor.position < end; ++n) {
    const RecordPtr record = Loaded(cursor, cursor.position);
    const bool bare =
        record != nullptr && with_message && !record->held && !record->damaged && record->message == nullptr;
    if (record == nullptr || bare) {
      if (cursor.reading) return false;
      std::vector<std::uint64_t> points;
      if (bare) points.push_back(cursor.position);
      StartRead(cursor, std::move(points), bare ? 0 : cursor.position, limit);
      return false;
    }
    if (record->damaged) {
      broker::Log(LogLevel::kError, "record_not_handed_on",
                  {{"log", log.id.value()}, {"sequence", record->sequence}, {"for", cursor.owner.ToString()}});
    } else if (!record->held) {
      give(*record, record->stands_elsewhere() ? record->alias->target
                                               : model::MessageId{log.id, model::Sequence(record->sequence)});
    }
    StepOver(cursor, *record, false);
    journal_.RequireSync();
  }
  return true;
}

void Engine::Core::ServeFeeding(Cursor& cursor) {
  if (cursor.use == CursorUse::kCatchUp) return CatchUp(*catalog_.subscriptions.Find(cursor.name_space, cursor.owner.name));
  for (auto& [id, task] : tasks_.all()) {
    if (task.info.kind == kReplayTask && task.source_cursor == cursor.id.value()) return RunTask(task);
  }
}

}  // namespace broker::engine
