#include "broker/server/signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace broker::server {
namespace {

// In a child process each: masks and handlers are the process's.
TEST(StopSignalsDeathTest, OneThatCameBeforeIsNotLost) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        ::raise(SIGTERM);
        const bool term = signals.Wait(std::chrono::seconds(30)) == "SIGTERM";
        ::raise(SIGINT);
        const bool interrupt = signals.Wait(std::chrono::seconds(30)) == "SIGINT";
        ::raise(SIGHUP);
        const bool hang_up = signals.Wait(std::chrono::seconds(30)) == "SIGHUP";
        ::_exit(term && interrupt && hang_up ? 42 : 1);
      },
      ::testing::ExitedWithCode(42), "");
}

TEST(StopSignalsDeathTest, WithoutOneTheWaitEnds) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        ::_exit(signals.Wait(std::chrono::milliseconds(1)).empty() ? 42 : 1);
      },
      ::testing::ExitedWithCode(42), "");
}

TEST(StopSignalsDeathTest, TheNextOneAbortsWhateverRuns) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        ::raise(SIGTERM);
        signals.Wait(std::chrono::seconds(30));
        signals.LetTheNextAbort();
        ::raise(SIGTERM);
        ::_exit(1);
      },
      ::testing::ExitedWithCode(7), "second signal");
}

TEST(StopSignalsDeathTest, HangUpsAreIgnoredWhereTheyWere) {
  EXPECT_EXIT(
      {
        ::signal(SIGHUP, SIG_IGN);  // as nohup does
        StopSignals signals;
        ::raise(SIGHUP);
        ::_exit(signals.Wait(std::chrono::milliseconds(1)).empty() ? 42 : 1);
      },
      ::testing::ExitedWithCode(42), "");
}

TEST(StopSignalsDeathTest, FurtherHangUpsDoNotAbort) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        ::raise(SIGHUP);
        signals.Wait(std::chrono::seconds(30));
        signals.LetTheNextAbort();
        ::raise(SIGHUP);
        ::_exit(42);
      },
      ::testing::ExitedWithCode(42), "");
}

TEST(StopSignalsDeathTest, AReaderThatWentAwayIsNoSignal) {
  EXPECT_EXIT(
      {
        StopSignals signals;
        ::raise(SIGPIPE);
        ::_exit(42);
      },
      ::testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace broker::server
