#include <algorithm>
#include <string>
#include <utility>

#include "broker/aws/sqs/actions.h"
#include "broker/aws/sqs/page_token.h"
#include "broker/aws/sqs/queue_call.h"

namespace broker::aws::sqs {
namespace {

constexpr std::string_view kQueue = "queue/";  // as the engine names sources; subscriptions are not of this wire

struct ListDeadLetterSourceQueuesAction {
  static constexpr std::string_view kName = "ListDeadLetterSourceQueues";
  struct Input {
    std::string url;
    std::optional<std::string> token;
    std::optional<std::int64_t> most;  // none: a thousand, and no token
  };
  struct Output {
    std::vector<std::string> urls;
    std::optional<std::string> token;
  };

  Access Needs(const Call& call, const Input& in) const { return NeedsQueue(kName, call, in.url); }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto about = CallAbout(backend, *call, in.url);
    if (!about.ok()) return done(std::move(about).error());
    auto start = StartOf(in.token);
    if (!start.ok()) return done(std::move(start).error());
    backend.engine.DescribeQueue(about->caller, about->queue,
                                 [about = *about, start = *std::move(start), most = in.most,
                                  done = std::move(done)](const Result<engine::QueueDescription>& queue) {
                                   if (!queue.ok()) return done(ToSqsRefusal(queue.error(), about.form));
                                   done(PageOf(queue->dead_letter_sources, about.identity, start, most));
                                 });
  }

  static Output PageOf(std::vector<std::string> sources, const Identity& identity, const std::string& start,
                       std::optional<std::int64_t> most) {
    const auto size = static_cast<std::size_t>(most.value_or(kPageSizes.most));
    std::sort(sources.begin(), sources.end());
    Output output;
    std::string last;
    for (const std::string& source : sources) {
      if (!source.starts_with(kQueue)) continue;
      std::string name = source.substr(kQueue.size());
      if (name <= start) continue;
      if (output.urls.size() == size) {
        if (most) output.token = TokenAfter(last);
        break;
      }
      output.urls.push_back(identity.QueueUrl(name));
      last = std::move(name);
    }
    return output;
  }

  const Backend& backend;
};

void Read(Fields& f, ListDeadLetterSourceQueuesAction::Input& in) {
  f.Required("QueueUrl", in.url);
  f.Optional("NextToken", in.token);
  f.Optional("MaxResults", in.most, kPageSizes);
}

void Write(Writer& w, const ListDeadLetterSourceQueuesAction::Output& out) {
  w.Texts({"queueUrls", "QueueUrl"}, out.urls, /*required=*/true);
  w.Text("NextToken", out.token);
}

}  // namespace

std::unique_ptr<const Action> ListDeadLetterSourceQueues(const Backend& backend) {
  return MakeAction(ListDeadLetterSourceQueuesAction{backend});
}

}  // namespace broker::aws::sqs
