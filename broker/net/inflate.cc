#include "broker/net/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "broker/base/check.h"

namespace broker::net {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

class Stream {
 public:
  Stream() { BROKER_CHECK(inflateInit2(&z_, kGzipOnly) == Z_OK); }
  ~Stream() { inflateEnd(&z_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  z_stream& operator*() { return z_; }

 private:
  z_stream z_{};
};

}  // namespace

InflateOutcome Inflate(std::string_view bytes, std::size_t limit, std::string* out) {
  out->clear();
  Stream stream;
  z_stream& z = *stream;
  // zlib only reads through next_in; its type says otherwise unless ZLIB_CONST is set for everyone.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  std::array<char, 16 * 1024> chunk;
  while (true) {
    z.next_out = reinterpret_cast<Bytef*>(chunk.data());
    z.avail_out = static_cast<uInt>(chunk.size());
    const int result = inflate(&z, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) return InflateOutcome::kMalformed;  // also: the bytes end early
    const std::size_t got = chunk.size() - z.avail_out;
    if (got > limit - out->size()) return InflateOutcome::kTooLarge;
    out->append(chunk.data(), got);
    if (result == Z_STREAM_END) {
      if (z.avail_in == 0) return InflateOutcome::kOk;
      if (inflateReset(&z) != Z_OK) return InflateOutcome::kMalformed;
    }
  }
}

}  // namespace broker::net
