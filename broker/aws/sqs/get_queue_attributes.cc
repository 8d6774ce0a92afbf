#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/queue_attributes.h"
#include "broker/aws/sqs/queue_call.h"

namespace broker::aws::sqs {
namespace {

struct GetQueueAttributesAction {
  static constexpr std::string_view kName = "GetQueueAttributes";
  struct Input {
    std::string url;
    std::vector<std::string> names;  // none: nothing is shown
  };
  struct Output {
    Texts attributes;
  };

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    backend.engine.DescribeQueue(about->caller, about->queue,
                                 [about = *about, names = std::move(in.names), &limits = LimitsOf(backend),
                                  done = std::move(done)](const Result<engine::QueueDescription>& queue) {
                                   if (!queue.ok()) return done(ToSqsRefusal(queue.error(), about.form));
                                   const engine::QueueInfo& info = queue->info;
                                   auto shown = ShowAttributes(names, {about.identity, limits, info.name, info.settings,
                                                                       info.created, queue->stats});
                                   if (!shown.ok()) return done(std::move(shown).error());
                                   done(Output{*std::move(shown)});
                                 });
  }

  const Backend& backend;
};

void Read(Fields& f, GetQueueAttributesAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.List({"AttributeNames", "AttributeName"}, in.names);
}

void Write(Writer& w, const GetQueueAttributesAction::Output& out) {
  w.TextMap({{"Attributes", "Attribute"}, "Name", "Value"}, out.attributes);
}

}  // namespace

std::unique_ptr<const Action> GetQueueAttributes(const Backend& backend) {
  return MakeAction(GetQueueAttributesAction{backend});
}

}  // namespace broker::aws::sqs
