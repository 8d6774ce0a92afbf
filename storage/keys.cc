#include "storage/keys.h"

#include "broker/base/check.h"

namespace broker::storage {

void AppendBigEndian(std::string& key, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>((value >> shift) & 0xff);
}

std::uint64_t ReadBigEndian(std::string_view key, std::size_t offset) {
  BROKER_CHECK(key.size() >= offset + 8);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = (value << 8) | static_cast<unsigned char>(key[offset + i]);
  return value;
}

std::string PairKey(std::uint64_t first, std::uint64_t second) {
  std::string key;
  key.reserve(16);
  AppendBigEndian(key, first);
  AppendBigEndian(key, second);
  return key;
}

std::string TripleKey(std::uint64_t first, std::uint64_t second, std::uint64_t third) {
  std::string key;
  key.reserve(24);
  AppendBigEndian(key, first);
  AppendBigEndian(key, second);
  AppendBigEndian(key, third);
  return key;
}

std::string DedupKey(std::uint64_t generation, std::uint64_t log, std::string_view hash16) {
  std::string key;
  key.reserve(16 + hash16.size());
  AppendBigEndian(key, generation);
  AppendBigEndian(key, log);
  key += hash16;
  return key;
}

std::string KindKey(char kind, std::uint64_t id) {
  std::string key(1, kind);
  AppendBigEndian(key, id);
  return key;
}

}  // namespace broker::storage
