// The requests of one connection, from bytes: no sockets, no time. Bytes are fed as they come, cut anywhere; what
// follows a whole request waits here until that one was taken.
//
//   kNothing ──▶ kHeader ──▶ kBody ──▶ kDone ──Take──▶ kNothing ...
//       any of them ──▶ kRefused   (final: where the next request would begin is not known)
//
// Bounds: Limits; a chunk's header line and a body's trailer count as headers. An idle reader holds no buffer.
// Refused here, so that no handler sees it: what is not HTTP/1.0 or 1.1, no or two Hosts, lengths that contradict each
// other, codings other than chunked and gzip, expectations other than 100-continue.
// Confined to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "broker/net/http.h"

namespace broker::net {

struct Limits {
  std::size_t header_bytes = 32u << 10;
  std::size_t body_bytes = 16u << 20;  // as sent and, where it was compressed, inflated
};

class RequestReader {
 public:
  enum class Progress { kNothing, kHeader, kBody, kDone, kRefused };
  struct Refusal {
    int status = 400;
    std::string why;  // a sentence for a person
  };

  explicit RequestReader(const Limits& limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Goes on with what waits and then `bytes`, which may be empty.
  Progress Feed(std::string_view bytes);
  // Keeps bytes for the next request without looking at them.
  void Stash(std::string_view bytes) { waiting_.append(bytes); }

  Progress progress() const { return progress_; }
  // The client waits for "100 Continue" before it sends the body. True once for each such request, in kBody.
  bool TakeExpectation();
  // REQUIRES: kDone
  Request Take();
  // Of the request that was taken last: whether another may follow it.
  bool keep_alive() const { return keep_alive_; }
  // REQUIRES: kRefused
  const Refusal& refusal() const { return refusal_; }

  // Memory in use for what was read.
  std::size_t held_bytes() const;

 private:
  class Parser;

  // How much of `bytes` was used.
  std::size_t Parse(std::string_view bytes);
  void FinishHeader();
  void FinishBody();
  void Refuse(int status, std::string why);

  const Limits limits_;
  Progress progress_ = Progress::kNothing;
  std::string waiting_;             // not parsed yet
  std::unique_ptr<Parser> parser_;  // of the request being read
  std::size_t header_bytes_ = 0;    // parsed so far
  Request request_;
  bool gzip_ = false;
  bool expects_ = false;
  bool keep_alive_ = false;
  Refusal refusal_;
};

}  // namespace broker::net
