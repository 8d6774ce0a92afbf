// Keys of every family: big-endian fixed-width integers, so that byte order is number order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace broker::storage {

// Appends `value` as 8 big-endian bytes.
void AppendBigEndian(std::string& key, std::uint64_t value);
// REQUIRES: key.size() >= offset + 8
std::uint64_t ReadBigEndian(std::string_view key, std::size_t offset);

// log(8) sequence(8): families log, kept. log(8) time ms(8): marks. cursor(8) page(8): outstanding.
std::string PairKey(std::uint64_t first, std::uint64_t second);
// log(8) due ms(8) sequence(8): schedule.
std::string TripleKey(std::uint64_t first, std::uint64_t second, std::uint64_t third);
// generation(8) log(8) hash(16): dedup.
std::string DedupKey(std::uint64_t generation, std::uint64_t log, std::string_view hash16);
// kind(1) id(8): catalog, tasks.
std::string KindKey(char kind, std::uint64_t id);

}  // namespace broker::storage
