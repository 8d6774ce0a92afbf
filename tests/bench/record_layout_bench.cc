// One value per message, or one value per run of a batch's messages? Writes both through the store as a daemon does -
// each batch one synced commit - and reads them back, in turns, so that a busy disk is busy for both. Prints medians as
// the table in storage/README.md.
//
//   record_layout_bench [seconds per measurement, default 1] [rounds, default 5] [batch sizes, default 1 10 100 1000]
#include <fmt/core.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "broker/base/check.h"
#include "broker/base/clock.h"
#include "broker/storage/v0/records.pb.h"
#include "storage/keys.h"
#include "storage/record_codec.h"
#include "storage/rocksdb_kv.h"
#include "tests/support/temp_folder.h"

namespace broker::bench {
namespace {

using storage::Family;
using storage::PairKey;
using storage::ReadMode;

constexpr std::uint64_t kLog = 7;
constexpr std::uint64_t kLongestRun = 1000;

double SecondsSince(MonotonicTime start) {
  return std::chrono::duration<double>(SystemClock().Monotonic() - start).count();
}

storage::v0::LogRecord Record(std::uint64_t sequence, const std::string& body) {
  storage::v0::LogRecord record;
  record.set_append_time_ns(static_cast<std::int64_t>(sequence) * 1'000'000);
  record.set_size_bytes(body.size());
  record.set_total_messages(sequence);
  record.set_total_bytes(sequence * body.size());
  record.mutable_message()->set_body(body);
  record.mutable_message()->set_publish_time_ns(static_cast<std::int64_t>(sequence) * 1'000'000);
  record.mutable_message()->set_publisher("publisher");
  return record;
}

// A layout writes a batch of messages, reads one, and reads all.
class Layout {
 public:
  virtual ~Layout() = default;
  virtual void Put(storage::Batch& batch, std::uint64_t first, std::uint64_t count, const std::string& body) = 0;
  virtual bool ReadOne(const storage::Reader& store, std::uint64_t sequence) = 0;
  // Decodes a stored value and returns how many messages were in it.
  virtual std::uint64_t Decode(std::string_view key, std::string_view value) = 0;
};

class PerMessage final : public Layout {
 public:
  void Put(storage::Batch& batch, std::uint64_t first, std::uint64_t count, const std::string& body) override {
    for (std::uint64_t i = first; i < first + count; ++i) {
      const std::string key = PairKey(kLog, i);
      batch.Put(Family::kLog, key, storage::Seal(key, Record(i, body)));
    }
  }
  bool ReadOne(const storage::Reader& store, std::uint64_t sequence) override {
    const std::string key = PairKey(kLog, sequence);
    const auto value = store.Get(Family::kLog, key, ReadMode::kLive);
    return value.ok() && value->has_value() && Decode(key, **value) == 1;
  }
  std::uint64_t Decode(std::string_view key, std::string_view value) override {
    storage::v0::LogRecord record;
    return storage::Open(key, value, record).ok() ? 1 : 0;
  }
};

// Key: the first sequence. Value: each record after its length in four bytes, then one checksum.
class PerRun final : public Layout {
 public:
  void Put(storage::Batch& batch, std::uint64_t first, std::uint64_t count, const std::string& body) override {
    std::string run;
    for (std::uint64_t i = first; i < first + count; ++i) {
      const auto record = Record(i, body);
      const auto size = static_cast<std::uint32_t>(record.ByteSizeLong());
      run.append(reinterpret_cast<const char*>(&size), sizeof size);
      record.AppendToString(&run);
    }
    const std::uint64_t checksum = XXH3_64bits(run.data(), run.size());
    run.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
    batch.Put(Family::kLog, PairKey(kLog, first), run);
  }
  bool ReadOne(const storage::Reader& store, std::uint64_t sequence) override {
    const std::uint64_t from = sequence < kLongestRun ? 0 : sequence - kLongestRun + 1;
    const auto run = store.Last(Family::kLog, PairKey(kLog, from), PairKey(kLog, sequence + 1));
    if (!run.ok() || !run->has_value()) return false;
    std::uint64_t skip = sequence - storage::ReadBigEndian((*run)->first, 8);
    std::string_view value = Checked((*run)->second);
    for (; skip > 0 && !value.empty(); --skip) value.remove_prefix(4 + Size(value));
    storage::v0::LogRecord record;
    return !value.empty() && record.ParseFromArray(value.data() + 4, static_cast<int>(Size(value)));
  }
  std::uint64_t Decode(std::string_view, std::string_view value) override {
    std::uint64_t count = 0;
    for (value = Checked(value); !value.empty(); value.remove_prefix(4 + Size(value))) {
      storage::v0::LogRecord record;
      if (record.ParseFromArray(value.data() + 4, static_cast<int>(Size(value)))) ++count;
    }
    return count;
  }

 private:
  static std::uint32_t Size(std::string_view value) {
    std::uint32_t size = 0;
    std::copy_n(value.data(), sizeof size, reinterpret_cast<char*>(&size));
    return size;
  }
  static std::string_view Checked(std::string_view value) {
    std::uint64_t checksum = 0;
    value.substr(value.size() - 8).copy(reinterpret_cast<char*>(&checksum), 8);
    value.remove_suffix(8);
    return checksum == XXH3_64bits(value.data(), value.size()) ? value : std::string_view();
  }
};

struct Figures {
  double written_per_second = 0;
  double scanned_per_second = 0;
  double point_read_us = 0;
};

Figures Measure(Layout& layout, std::size_t body_bytes, std::uint64_t batch_size, double seconds) {
  test::TempFolder folder;
  const auto open = [&] {
    auto opened = storage::RocksdbKv::Open(folder / "store", {});
    BROKER_CHECK(opened.ok());
    return std::move(*opened);
  };
  auto store = open();
  std::mt19937_64 random(1);
  // Half of each body is text that compresses, half is not.
  std::string body(body_bytes, 'x');
  for (std::size_t i = 0; i < body_bytes / 2; ++i) body[i] = static_cast<char>('!' + random() % 90);

  Figures figures;
  std::uint64_t written = 0;
  const auto write = [&](double limit, storage::Sync sync) {
    const auto start = SystemClock().Monotonic();
    const std::uint64_t before = written;
    while (SecondsSince(start) < limit) {
      auto batch = store->NewBatch();
      layout.Put(*batch, written, batch_size, body);
      BROKER_CHECK(store->Write(std::move(batch), sync).ok());
      written += batch_size;
    }
    return static_cast<double>(written - before) / SecondsSince(start);
  };
  figures.written_per_second = write(seconds, storage::Sync::kYes);
  while (written < 200'000) write(seconds / 10, storage::Sync::kNo);  // enough to read

  store.reset();
  store = open();  // what is read comes from files
  auto start = SystemClock().Monotonic();
  std::uint64_t scanned = 0;
  BROKER_CHECK(store->Scan(Family::kLog, PairKey(kLog, 0), PairKey(kLog + 1, 0), ReadMode::kLive,
                           [&](std::string_view key, std::string_view value) {
                             scanned += layout.Decode(key, value);
                             return true;
                           })
                   .ok());
  BROKER_CHECK(scanned == written);
  figures.scanned_per_second = static_cast<double>(scanned) / SecondsSince(start);

  constexpr int kReads = 2'000;
  start = SystemClock().Monotonic();
  for (int i = 0; i < kReads; ++i) BROKER_CHECK(layout.ReadOne(*store, random() % written));
  figures.point_read_us = SecondsSince(start) / kReads * 1e6;
  return figures;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Run(double seconds, int rounds, const std::vector<std::uint64_t>& batch_sizes) {
  fmt::print("{} s per measurement, median of {} rounds\n\n", seconds, rounds);
  fmt::print("| body | batch | layout | written, synced (1/s) | scanned (1/s) | point read (us) |\n");
  fmt::print("|---|---|---|---|---|---|\n");
  PerMessage per_message;
  PerRun per_run;
  Layout* const layouts[] = {&per_message, &per_run};
  for (const std::size_t body_bytes : {200u, 1024u}) {
    for (const std::uint64_t batch_size : batch_sizes) {
      std::vector<double> written[2];
      std::vector<double> scanned[2];
      std::vector<double> read[2];
      for (int round = 0; round < rounds; ++round) {
        for (const int i : {round % 2, 1 - round % 2}) {
          const Figures figures = Measure(*layouts[i], body_bytes, batch_size, seconds);
          written[i].push_back(figures.written_per_second);
          scanned[i].push_back(figures.scanned_per_second);
          read[i].push_back(figures.point_read_us);
        }
      }
      for (const int i : {0, 1}) {
        fmt::print("| {} B | {} | {} | {:.0f} | {:.0f} | {:.1f} |\n", body_bytes, batch_size,
                   i == 0 ? "per message" : "per run", Median(written[i]), Median(scanned[i]), Median(read[i]));
      }
      std::fflush(stdout);
    }
  }
  return 0;
}

}  // namespace
}  // namespace broker::bench

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1.0;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  std::vector<std::uint64_t> batch_sizes{1, 10, 100, 1000};
  if (argc > 3) batch_sizes.clear();
  for (int i = 3; i < argc; ++i) batch_sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  return broker::bench::Run(seconds, rounds, batch_sizes);
}
