// Every command of brokerctl, one file per group. Each function adds its group to the root.
#pragma once

#include <CLI/CLI.hpp>

#include "cli/command.h"

namespace broker::cli {

void AddTopicCommands(CLI::App& root, CommandSet& commands);
void AddQueueCommands(CLI::App& root, CommandSet& commands);
void AddSubscriptionCommands(CLI::App& root, CommandSet& commands);
void AddPublishCommand(CLI::App& root, CommandSet& commands);
void AddReceiveCommand(CLI::App& root, CommandSet& commands);
void AddSettleCommands(CLI::App& root, CommandSet& commands);  // ack, nack, extend
void AddPeekCommand(CLI::App& root, CommandSet& commands);
void AddDelayedCommands(CLI::App& root, CommandSet& commands);
void AddDeadLetterCommands(CLI::App& root, CommandSet& commands);  // dlq
void AddTaskCommands(CLI::App& root, CommandSet& commands);
void AddSeekCommand(CLI::App& root, CommandSet& commands);
void AddSnapshotCommands(CLI::App& root, CommandSet& commands);
void AddConsumersCommand(CLI::App& root, CommandSet& commands);
void AddIdempotencyCommands(CLI::App& root, CommandSet& commands);
void AddTailCommand(CLI::App& root, CommandSet& commands);
void AddTopCommand(CLI::App& root, CommandSet& commands);
void AddBenchCommand(CLI::App& root, CommandSet& commands);
void AddClockCommands(CLI::App& root, CommandSet& commands);
void AddContextCommands(CLI::App& root, CommandSet& commands);
void AddServerCommands(CLI::App& root, CommandSet& commands);
void AddHealthCommand(CLI::App& root, CommandSet& commands);
void AddCompletionCommand(CLI::App& root, CommandSet& commands);

// Commands of a group that stand in a file of their own; `group` is that of the thing.
enum class PauseKind { kQueue, kSubscription };
void AddPauseCommands(CLI::App& group, CommandSet& commands, PauseKind kind);  // pause, resume
void AddQueueMoveCommand(CLI::App& group, CommandSet& commands);
void AddRedriveCommand(CLI::App& group, CommandSet& commands);
void AddTopicReplayCommand(CLI::App& group, CommandSet& commands);

// All of them, in the order in which help shows them.
void AddCommands(CLI::App& root, CommandSet& commands);

}  // namespace broker::cli
