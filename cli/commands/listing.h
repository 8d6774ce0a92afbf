// What every list command does: flags, all pages, one view.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/client.h"
#include "cli/commands/shared_flags.h"
#include "cli/session.h"

namespace broker::cli {

class ListFlags {
 public:
  void Declare(Declaration& declare) {
    declare.Option("--prefix", prefix_, "Only names that begin with it", "TEXT");
    watch_.Declare(declare);
  }
  const std::string& prefix() const { return prefix_; }
  Result<std::optional<Nanos>> Every() const { return watch_.Every(); }

 private:
  std::string prefix_;
  WatchFlag watch_;
};

// All pages of `request`, which has its filters set.
template <class Service, class Request, class Response>
Result<std::vector<Response>> AllPages(Client& client,
                                       grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*),
                                       Request request) {
  std::vector<Response> pages;
  request.set_page_size(1'000);
  do {
    auto page = client.Call(method, request);
    if (!page.ok()) return page.error();
    request.set_page_token(page->next_page_token());
    pages.push_back(*std::move(page));
  } while (!request.page_token().empty());
  return pages;
}

template <class Request, class Service, class Response>
Result<std::vector<Response>> ListAll(Client& client,
                                      grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*),
                                      const std::string& prefix) {
  Request request;
  request.set_prefix(prefix);
  return AllPages(client, method, std::move(request));
}

inline ExitCode ShowList(Session& session, const ListFlags& flags, const std::function<Result<View>(Client&)>& load) {
  const auto every = flags.Every();
  if (!every.ok()) return session.Fail(every.error());
  return session.ShowRepeatedly(*every, [&]() -> Result<View> {
    auto client = session.Connect();
    if (!client.ok()) return client.error();
    return load(**client);
  });
}

}  // namespace broker::cli
