#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/paging.h"
#include "broker/aws/sns/pending.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns/subscriptions.h"
#include "broker/aws/sns_fault.h"
#include "broker/model/limits.h"

namespace broker::aws::sns {
namespace {

// First those that deliver into queues, by name; then, topic by topic, those that are pending. A token says which of
// the two goes on after what: "q/NAME", "t/NAME".
constexpr std::string_view kQueues = "q/";
constexpr std::string_view kTopics = "t/";

struct ListSubscriptionsAction {
  static constexpr std::string_view kName = "ListSubscriptions";
  struct Input {
    std::optional<std::string> token;
  };
  struct Output {
    std::vector<ListedSubscription> subscriptions;
    std::optional<std::string> token;
  };

  Access Needs(const Call&, const Input&) const { return {"sns:ListSubscriptions", "*"}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto place = ReadToken(in.token);
    if (!place.ok()) return done(std::move(place).error());
    if (place->empty() || place->starts_with(kQueues)) {
      return ListQueues(call->identity(), place->substr(std::min(place->size(), kQueues.size())), std::move(done));
    }
    if (place->starts_with(kTopics))
      return ListTopics(call->identity(), place->substr(kTopics.size()), {}, std::move(done));
    done(Refuse(SnsFault::kInvalidParameter, "Invalid parameter: NextToken"));
  }

  void ListQueues(const Identity& identity, const std::string& after, Done<Output> done) const {
    const engine::ListRequest request{.page_size = kPage, .page_token = after};
    backend.engine.ListSubscriptions(
        backend.CallerOf(identity), request, std::nullopt,
        [this, identity, done = std::move(done)](Result<engine::ListPage<engine::SubscriptionInfo>> page) {
          if (!page.ok()) return done(ToSnsRefusal(page.error()));
          Output out;
          for (const engine::SubscriptionInfo& info : page->items) {
            // Pull subscriptions, and what lost its topic, have no place on this wire.
            if (!info.settings.queue || info.settings.topic.empty()) continue;
            out.subscriptions.push_back(Listed(ViewOf(info, identity), {info.settings.topic, identity, {}}));
          }
          if (page->next_page_token.empty()) return ListTopics(identity, {}, std::move(out), done);
          const std::string next = std::string(kQueues) + page->next_page_token;
          if (out.subscriptions.empty()) return ListQueues(identity, page->next_page_token, done);
          out.token = WriteToken(next);
          done(std::move(out));
        });
  }

  // Adds whole topics to `out` while they fit a page.
  void ListTopics(const Identity& identity, const std::string& after, Output out, Done<Output> done) const {
    const engine::ListRequest request{.page_size = model::kMaxListPage, .page_token = after};
    backend.engine.ListTopics(backend.CallerOf(identity), request,
                              [this, identity, after, out = std::move(out),
                               done = std::move(done)](Result<engine::ListPage<engine::TopicInfo>> page) mutable {
                                if (!page.ok()) return done(ToSnsRefusal(page.error()));
                                std::string last = after;
                                for (const engine::TopicInfo& info : page->items) {
                                  const auto pending = PendingOf(info.settings);
                                  if (!pending.empty() && out.subscriptions.size() + pending.size() > kPage) {
                                    out.token = WriteToken(std::string(kTopics) + last);
                                    return done(std::move(out));
                                  }
                                  for (const auto& each : pending) {
                                    out.subscriptions.push_back(Listed(ViewOf(each), {info.name, identity, {}}));
                                  }
                                  last = info.name;
                                }
                                if (!page->next_page_token.empty())
                                  return ListTopics(identity, page->next_page_token, std::move(out), done);
                                done(std::move(out));
                              });
  }

  const Backend& backend;
};

void Read(Fields& f, ListSubscriptionsAction::Input& in) { f.Optional("NextToken", in.token); }
void Write(Writer& w, const ListSubscriptionsAction::Output& out) {
  WriteListed(w, out.subscriptions);
  w.Text("NextToken", out.token);
}

}  // namespace

std::unique_ptr<const Action> ListSubscriptions(const Backend& backend) {
  return MakeAction(ListSubscriptionsAction{backend});
}

}  // namespace broker::aws::sns
