#include "broker/aws/sqs/recent.h"

namespace broker::aws::sqs {

void Recent::Note(const engine::Caller& caller, const std::string& queue) {
  const MonotonicTime now = clock_.Monotonic();
  const Key key{caller.name_space, queue};
  noted_[key] = now;
  by_age_.emplace_back(key, now);
  while (by_age_.size() > kMost || now - by_age_.front().second > kRemembered) {
    const auto found = noted_.find(by_age_.front().first);
    if (found != noted_.end() && found->second == by_age_.front().second) noted_.erase(found);
    by_age_.pop_front();
  }
}

bool Recent::IsWithin(const engine::Caller& caller, const std::string& queue, Nanos span) const {
  const auto found = noted_.find({caller.name_space, queue});
  return found != noted_.end() && clock_.Monotonic() - found->second < span;
}

}  // namespace broker::aws::sqs
