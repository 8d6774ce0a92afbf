#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/page_token.h"

namespace broker::aws::sqs {
namespace {

struct ListQueuesAction {
  static constexpr std::string_view kName = "ListQueues";
  struct Input {
    std::optional<std::string> prefix;
    std::optional<std::string> token;
    std::optional<std::int64_t> most;  // none: a thousand, and no token
  };
  struct Output {
    std::vector<std::string> urls;
    std::optional<std::string> token;
  };

  Access Needs(const Call& call, const Input&) const { return {"sqs:ListQueues", call.identity().QueueArn("*")}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto start = StartOf(in.token);
    if (!start.ok()) return done(std::move(start).error());
    engine::ListRequest request{.prefix = in.prefix.value_or(""),
                                .page_size = static_cast<std::size_t>(in.most.value_or(kPageSizes.most)),
                                .page_token = *std::move(start)};
    backend.engine.ListQueues(backend.CallerOf(call->identity()), std::move(request),
                              [call, paged = in.most.has_value(),
                               done = std::move(done)](const Result<engine::ListPage<engine::QueueInfo>>& page) {
                                if (!page.ok()) return done(ToSqsRefusal(page.error(), call->form()));
                                Output output;
                                for (const engine::QueueInfo& queue : page->items)
                                  output.urls.push_back(call->identity().QueueUrl(queue.name));
                                if (paged) output.token = TokenAfter(page->next_page_token);
                                done(std::move(output));
                              });
  }

  const Backend& backend;
};

void Read(Fields& f, ListQueuesAction::Input& in) {
  f.Optional("QueueNamePrefix", in.prefix);
  f.Optional("NextToken", in.token);
  f.Optional("MaxResults", in.most, kPageSizes);
}

void Write(Writer& w, const ListQueuesAction::Output& out) {
  w.Texts({"QueueUrls", "QueueUrl"}, out.urls);
  w.Text("NextToken", out.token);
}

}  // namespace

std::unique_ptr<const Action> ListQueues(const Backend& backend) { return MakeAction(ListQueuesAction{backend}); }

}  // namespace broker::aws::sqs
