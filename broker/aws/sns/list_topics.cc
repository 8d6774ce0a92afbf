#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/aws/sns/actions.h"
#include "broker/aws/sns/paging.h"
#include "broker/aws/sns/place.h"
#include "broker/aws/sns_fault.h"

namespace broker::aws::sns {
namespace {

struct ListTopicsAction {
  static constexpr std::string_view kName = "ListTopics";
  struct Input {
    std::optional<std::string> token;
  };
  struct Output {
    std::vector<std::string> arns;
    std::optional<std::string> token;
  };

  Access Needs(const Call&, const Input&) const { return {"sns:ListTopics", "*"}; }

  void Process(std::shared_ptr<Call> call, Input in, Done<Output> done) const {
    auto place = ReadToken(in.token);
    if (!place.ok()) return done(std::move(place).error());
    const engine::ListRequest request{.page_size = kPage, .page_token = *std::move(place)};
    backend.engine.ListTopics(backend.CallerOf(call->identity()), request,
                              [call, done = std::move(done)](Result<engine::ListPage<engine::TopicInfo>> page) {
                                if (!page.ok()) return done(ToSnsRefusal(page.error()));
                                Output out;
                                for (const auto& topic : page->items)
                                  out.arns.push_back(call->identity().TopicArn(topic.name));
                                out.token = WriteToken(page->next_page_token);
                                done(std::move(out));
                              });
  }

  const Backend& backend;
};

void Read(Fields& f, ListTopicsAction::Input& in) { f.Optional("NextToken", in.token); }
void Write(Writer& w, const ListTopicsAction::Output& out) {
  w.List("Topics", out.arns,
         [](Writer& each, const std::string& arn) { each.Text("TopicArn", std::string_view(arn)); });
  w.Text("NextToken", out.token);
}

}  // namespace

std::unique_ptr<const Action> ListTopics(const Backend& backend) { return MakeAction(ListTopicsAction{backend}); }

}  // namespace broker::aws::sns
