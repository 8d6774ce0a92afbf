// One page of named things: the checks and the walk that all lists share.
#pragma once

#include <fmt/format.h>

#include "broker/engine/catalog.h"
#include "broker/engine/commands.h"
#include "broker/model/limits.h"

namespace broker::engine {

template <class Info, class T, class Keep>
Result<ListPage<Info>> ListNames(const NameTable<T>& table, const Caller& caller, const ListRequest& request, Keep keep) {
  if (request.page_size < 1 || request.page_size > model::kMaxListPage) {
    return InvalidField("page_size", fmt::format("{} is outside 1 to {}", request.page_size, model::kMaxListPage));
  }
  // A page token is the last name of the page before.
  if (!request.prefix.empty()) BROKER_RETURN_IF_ERROR(model::CheckName("prefix", request.prefix));
  if (!request.page_token.empty()) BROKER_RETURN_IF_ERROR(model::CheckName("page_token", request.page_token));
  ListPage<Info> page;
  table.From(caller.name_space, request.prefix, request.page_token, [&](const T& item) {
    if (!keep(item)) return true;
    if (page.items.size() == request.page_size) {
      page.next_page_token = page.items.back().name;
      return false;
    }
    page.items.push_back(item.Info());
    return true;
  });
  return page;
}

}  // namespace broker::engine
