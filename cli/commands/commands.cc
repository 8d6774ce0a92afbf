#include "cli/commands/commands.h"

namespace broker::cli {

void AddCommands(CLI::App& root, CommandSet& commands) {
  AddTopicCommands(root, commands);
  AddQueueCommands(root, commands);
  AddSubscriptionCommands(root, commands);
  AddPublishCommand(root, commands);
  AddReceiveCommand(root, commands);
  AddSettleCommands(root, commands);
  AddPeekCommand(root, commands);
  AddTailCommand(root, commands);
  AddDelayedCommands(root, commands);
  AddDeadLetterCommands(root, commands);
  AddSeekCommand(root, commands);
  AddSnapshotCommands(root, commands);
  AddTaskCommands(root, commands);
  AddIdempotencyCommands(root, commands);
  AddConsumersCommand(root, commands);
  AddTopCommand(root, commands);
  AddBenchCommand(root, commands);
  AddClockCommands(root, commands);
  AddServerCommands(root, commands);
  AddHealthCommand(root, commands);
  AddContextCommands(root, commands);
  AddCompletionCommand(root, commands);
}

}  // namespace broker::cli
