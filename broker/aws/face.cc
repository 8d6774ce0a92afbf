#include "broker/aws/face.h"

#include <utility>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sqs/actions.h"

namespace broker::aws {

Face::Face(Naming naming, Backend backend, Executor& strand)
    : backend_(std::move(backend)), dispatcher_(std::move(naming), strand, backend_.entropy) {
  for (auto& action : sns::Actions(backend_)) dispatcher_.Add(Service::kSns, std::move(action));
  for (auto& action : sqs::Actions(backend_)) dispatcher_.Add(Service::kSqs, std::move(action));
}

void Face::AddTo(net::Router& router) {
  router.Add(Claims, [this](net::Request request, net::Responder responder) {
    dispatcher_.Handle(std::move(request), std::move(responder));
  });
}

}  // namespace broker::aws
