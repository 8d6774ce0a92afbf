// A call about one queue, which a QueueUrl names.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "broker/aws/action.h"
#include "broker/aws/address.h"
#include "broker/aws/backend.h"
#include "broker/aws/call.h"
#include "broker/aws/fault.h"
#include "broker/aws/sqs/limits.h"
#include "broker/aws/sqs_fault.h"
#include "broker/base/result.h"
#include "broker/engine/engine.h"

namespace broker::aws::sqs {

// Who asks, in the terms of the queue's address, and what is asked about.
struct QueueCall {
  Identity identity;
  engine::Caller caller;
  std::string queue;
  Form form = Form::kJson;

  model::Target target() const { return {model::ResourceKind::kQueue, queue}; }
};

// Errors: a URL that is none.
Result<QueueCall, Refusal> CallAbout(const Backend& backend, const Call& call, const std::string& url);

Access NeedsQueue(std::string_view action, const Call& call, const std::string& url);

inline const Limits& LimitsOf(const Backend& backend) { return Limits::Of(backend.strict); }

// Refuses a call about a queue that is not there: once that is durable.
template <class T>
void RefuseMissing(const Backend& backend, const QueueCall& about, Done<T> done) {
  backend.engine.DescribeQueue(
      about.caller, about.queue,
      [form = about.form, done = std::move(done)](Result<engine::QueueDescription>) { done(RefuseNoSuchQueue(form)); });
}

// Runs `tell` when all that was looked up until now is durable. Unlike DescribeQueue it counts no messages.
void WhenDurable(const Backend& backend, std::function<void()> tell);

}  // namespace broker::aws::sqs
