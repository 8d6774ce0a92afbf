// What the tails of logs hold together, and when they let it go.
#include "broker/engine/tail_cache.h"

#include "tests/support/engine_harness.h"

namespace broker::test {
namespace {

class Tails : public EngineTest {
 protected:
  static engine::RecordPtr Record(std::uint64_t sequence, model::MessagePtr message) {
    engine::StoredRecord record;
    record.sequence = sequence;
    record.size_bytes = 4'000;
    record.message = std::move(message);
    return std::make_shared<const engine::StoredRecord>(std::move(record));
  }
  // Of the topic's record with the same sequence.
  engine::RecordPtr AliasRecord(std::uint64_t sequence, model::MessagePtr message) const {
    engine::StoredRecord record = *Record(sequence, std::move(message));
    record.alias = std::make_shared<const engine::Alias>(
        engine::Alias{{topic_.id, model::Sequence(sequence)}, {}, "events-orders", {}});
    return std::make_shared<const engine::StoredRecord>(std::move(record));
  }
  static model::MessagePtr SomeMessage() { return std::make_shared<model::Message>(); }

  SimExecutor reads_;
  engine::Journal journal_{store()};
  engine::Logs logs_{store(), reads_, journal_, {65'536, 64u << 20}};
  engine::MessageLog& topic_ = logs_.Restore(model::LogId(1));
  engine::MessageLog& queue_ = logs_.Restore(model::LogId(2));
  engine::TailCache cache_{10'000, logs_};
};

TEST_F(Tails, AMessageThatIsSharedCountsOnce) {
  const model::MessagePtr message = SomeMessage();
  cache_.Add(topic_, Record(1, message), 1);
  cache_.Add(queue_, AliasRecord(1, message), 1);
  cache_.Add(topic_, Record(2, SomeMessage()), 1);
  cache_.Evict(1);
  EXPECT_EQ(topic_.tail.size(), 2u);
  EXPECT_EQ(queue_.tail.size(), 1u);
}

TEST_F(Tails, AnAliasOfWhatWasReadCountsItsMessage) {
  for (std::uint64_t sequence = 1; sequence <= 3; ++sequence) cache_.Add(queue_, AliasRecord(sequence, SomeMessage()), 1);
  cache_.Evict(1);
  EXPECT_EQ(queue_.tail.size(), 2u);
}

TEST_F(Tails, ALogThatGoesTakesItsShareAlong) {
  cache_.Add(topic_, Record(1, SomeMessage()), 1);
  cache_.Add(queue_, Record(1, SomeMessage()), 1);
  cache_.Forget(queue_);
  cache_.Add(topic_, Record(2, SomeMessage()), 1);
  cache_.Evict(1);
  EXPECT_EQ(topic_.tail.size(), 2u);
}

}  // namespace
}  // namespace broker::test
