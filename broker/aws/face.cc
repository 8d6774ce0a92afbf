#include "broker/aws/face.h"

#include <utility>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sqs/actions.h"

namespace broker::aws {
namespace {

Backend With(sns::EnvelopeRenderer& envelopes, Backend backend) {
  backend.envelopes = &envelopes;
  return backend;
}

}  // namespace

Face::Face(Naming naming, Backend backend, sns::SigningKey key, Executor& strand)
    : base_path_(PathOf(naming.public_url)),
      key_(std::move(key)),
      envelopes_(key_, backend.folder_id),
      backend_(With(envelopes_, std::move(backend))),
      dispatcher_(std::move(naming), strand, backend_.entropy) {
  for (auto& action : sns::Actions(backend_)) dispatcher_.Add(Service::kSns, std::move(action));
  for (auto& action : sqs::Actions(backend_)) dispatcher_.Add(Service::kSqs, std::move(action));
}

void Face::AddTo(net::Router& router) {
  router.Add(
      [this](const net::Request& request) {
        return request.method == "GET" && Below(base_path_, request.path()) == key_.certificate_path();
      },
      [this](const net::Request&, net::Responder responder) {
        responder.Send(net::Response{200, {{"Content-Type", "application/x-pem-file"}}, key_.certificate()});
      });
  router.Add([this](const net::Request& request) { return Claims(request, base_path_); },
             [this](net::Request request, net::Responder responder) {
               dispatcher_.Handle(std::move(request), std::move(responder));
             });
}

}  // namespace broker::aws
