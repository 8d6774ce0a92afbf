// The seeded model test. A seed is 300 random commands on the engine and on the reference model, with crashes and
// reopenings in between, and named invariants after every step.
//
//   BROKER_MODEL_SECONDS=n   the box in time; default 10. A full box is 180 and must reach 2,000 seeds; 10,000 are the
//                            aim.
//   BROKER_MODEL_LEAST=n     so many seeds must be reached whatever the box; default 2,000 x box / 180.
//   BROKER_MODEL_FIRST=n     where seeds begin; default 1.
//   BROKER_MODEL_MOST=n      so many seeds end it before the box does; default 10,000.
//   BROKER_MODEL_FAILURES=n  goes on until so many seeds have failed; default 1.
//   BROKER_MODEL_SEED=n      runs this seed alone and prints its commands.
//   BROKER_MODEL_CAREFUL=1   with it: looks at everything after each command.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "tests/engine/model_run.h"

namespace broker::test {
namespace {

constexpr int kCommands = 300;

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// What is running, for a process that ends in the middle of it.
volatile std::sig_atomic_t current_seed = 0;

void SayWhichSeed(int signal) {
  char text[] = "\nthe process ended in model test seed ##########\n";
  char* digit = std::strrchr(text, '#');
  for (auto seed = static_cast<std::uint64_t>(current_seed); *digit == '#'; --digit) {
    *digit = static_cast<char>('0' + seed % 10);
    seed /= 10;
  }
  std::fputs(text, stderr);
  std::signal(signal, SIG_DFL);
}

std::optional<Violation> RunSeed(std::uint64_t seed, bool trace, bool careful) {
  current_seed = static_cast<std::sig_atomic_t>(seed);
  ModelRun run(seed, trace, careful);
  try {
    run.Run(kCommands);
    return std::nullopt;
  } catch (const Violation& violation) {
    if (trace) run.Dump();
    return violation;
  }
}

TEST(ModelTest, EngineAndModelAgree) {
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  for (const int signal : {SIGABRT, SIGSEGV}) std::signal(signal, SayWhichSeed);
  if (const std::uint64_t seed = FromEnvironment("BROKER_MODEL_SEED", 0); seed != 0) {
    const auto violation = RunSeed(seed, true, FromEnvironment("BROKER_MODEL_CAREFUL", 0) != 0);
    EXPECT_FALSE(violation) << "seed " << seed << ": " << violation->name << ": " << violation->what;
    return;
  }
  const std::uint64_t seconds = FromEnvironment("BROKER_MODEL_SECONDS", 10);
  const std::uint64_t least = FromEnvironment("BROKER_MODEL_LEAST", 2'000 * seconds / 180);
  const SystemClock clock;
  const MonotonicTime end = clock.Monotonic() + std::chrono::seconds(seconds);
  const std::uint64_t first = FromEnvironment("BROKER_MODEL_FIRST", 1);
  std::uint64_t failures = FromEnvironment("BROKER_MODEL_FAILURES", 1);
  std::uint64_t seed = first;
  const std::uint64_t most = FromEnvironment("BROKER_MODEL_MOST", 10'000);
  for (; clock.Monotonic() < end && seed - first < most; ++seed) {
    if (const auto violation = RunSeed(seed, false, false)) {
      ADD_FAILURE() << "seed " << seed << ": " << violation->name << ": " << violation->what
                    << "\nreplay with BROKER_MODEL_SEED=" << seed;
      if (--failures == 0) return;
    }
  }
  fmt::print("model test: {} seeds of {} commands in {} s\n", seed - first, kCommands, seconds);
  EXPECT_GE(seed - first, least) << "too few seeds for the box";
}

}  // namespace
}  // namespace broker::test
