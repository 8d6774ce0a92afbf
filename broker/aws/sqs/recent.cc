#include "broker/aws/sqs/recent.h"

#include <algorithm>

namespace broker::aws::sqs {

void Recent::Note(const engine::Caller& caller, const std::string& queue) {
  noted_[{caller.name_space, queue}] = clock_.Monotonic();
  if (noted_.size() <= kMost) return;
  noted_.erase(
      std::min_element(noted_.begin(), noted_.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
}

bool Recent::IsWithin(const engine::Caller& caller, const std::string& queue, Nanos span) const {
  const auto found = noted_.find({caller.name_space, queue});
  return found != noted_.end() && clock_.Monotonic() - found->second < span;
}

}  // namespace broker::aws::sqs
