#include "cli/name_source.h"

#include <algorithm>

namespace broker::cli {
namespace {

constexpr std::uint32_t kMostNames = 1'000;

std::vector<std::string> Topics(Client& client) {
  v1::ListTopicsRequest request;
  request.set_page_size(kMostNames);
  const auto page = client.Call(&v1::Topics::Stub::List, request);
  std::vector<std::string> names;
  if (page.ok()) {
    for (const v1::Topic& topic : page->topics()) names.push_back(topic.name());
  }
  return names;
}

std::vector<std::string> Queues(Client& client) {
  v1::ListQueuesRequest request;
  request.set_page_size(kMostNames);
  const auto page = client.Call(&v1::Queues::Stub::List, request);
  std::vector<std::string> names;
  if (page.ok()) {
    for (const v1::Queue& queue : page->queues()) names.push_back(queue.name());
  }
  return names;
}

std::vector<std::string> Subscriptions(Client& client, bool pull_only) {
  v1::ListSubscriptionsRequest request;
  request.set_page_size(kMostNames);
  const auto page = client.Call(&v1::Subscriptions::Stub::List, request);
  std::vector<std::string> names;
  if (page.ok()) {
    for (const v1::Subscription& subscription : page->subscriptions()) {
      if (!pull_only || subscription.queue().empty()) names.push_back(subscription.name());
    }
  }
  return names;
}

std::vector<std::string> Snapshots(Client& client) {
  v1::ListSnapshotsRequest request;
  request.set_page_size(kMostNames);
  const auto page = client.Call(&v1::Snapshots::Stub::List, request);
  std::vector<std::string> names;
  if (page.ok()) {
    for (const v1::Snapshot& snapshot : page->snapshots()) names.push_back(snapshot.name());
  }
  return names;
}

std::vector<std::string> Tasks(Client& client) {
  v1::ListTasksRequest request;
  request.set_page_size(kMostNames);
  const auto page = client.Call(&v1::Tasks::Stub::List, request);
  std::vector<std::string> ids;
  if (page.ok()) {
    for (const v1::Task& task : page->tasks()) ids.push_back(task.id());
  }
  return ids;
}

std::vector<std::string> Both(std::string_view kind, std::vector<std::string> names, std::string_view other_kind,
                              std::vector<std::string> other_names) {
  std::vector<std::string> out;
  const auto add = [&out](std::string_view word, const std::vector<std::string>& some,
                          const std::vector<std::string>& others) {
    for (const std::string& name : some) {
      const bool twice = std::find(others.begin(), others.end(), name) != others.end();
      out.push_back(twice ? std::string(word) + "/" + name : name);
    }
  };
  add(kind, names, other_names);
  add(other_kind, other_names, names);
  return out;
}

}  // namespace

std::vector<std::string> LiveNames(Client& client, Names names) {
  switch (names) {
    case Names::kTopics: return Topics(client);
    case Names::kQueues: return Queues(client);
    case Names::kSubscriptions: return Subscriptions(client, false);
    case Names::kPullSubscriptions: return Subscriptions(client, true);
    case Names::kSnapshots: return Snapshots(client);
    case Names::kTasks: return Tasks(client);
    case Names::kTopicsAndQueues: return Both("topic", Topics(client), "queue", Queues(client));
    case Names::kSources: return Both("queue", Queues(client), "subscription", Subscriptions(client, true));
    case Names::kNone:
    case Names::kContexts:
    case Names::kFiles: return {};
  }
  return {};
}

}  // namespace broker::cli
