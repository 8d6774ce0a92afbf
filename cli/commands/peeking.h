// Pages of Peek up to a number of messages.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "cli/client.h"
#include "cli/proto_values.h"

namespace broker::cli {

// At most `max` messages of `state`, as rows.
inline Result<Value> PeekRows(Client& client, const std::string& source, v1::MessageState state, std::uint32_t max) {
  Value rows = Value::MakeArray();
  v1::PeekRequest request;
  request.set_source(source);
  request.set_state(state);
  do {
    const auto have = static_cast<std::uint32_t>(rows.array()->size());
    request.set_page_size(std::clamp<std::uint32_t>(max - have, 1, 1'000));
    const auto page = client.Call(&v1::Messages::Stub::Peek, request);
    if (!page.ok()) return page.error();
    for (const v1::PeekedMessage& peeked : page->messages()) {
      if (rows.array()->size() < max) rows.Append(PeekedValue(peeked));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && rows.array()->size() < max);
  return rows;
}

}  // namespace broker::cli
