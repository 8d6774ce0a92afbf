#include "cli/suggest.h"

#include <algorithm>
#include <utility>

namespace broker::cli {

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

std::vector<std::string> Similar(std::string_view name, const std::vector<std::string>& names) {
  std::vector<std::pair<std::size_t, std::string>> found;
  const std::size_t most = std::max<std::size_t>(1, name.size() / 3);
  for (const std::string& candidate : names) {
    const bool prefix =
        name.size() >= 3 && candidate.size() >= 3 && (candidate.starts_with(name) || name.starts_with(candidate));
    const std::size_t distance = EditDistance(name, candidate);
    if (distance <= most || prefix) found.emplace_back(distance, candidate);
  }
  std::sort(found.begin(), found.end());
  if (found.size() > 3) found.resize(3);
  std::vector<std::string> out;
  for (auto& [distance, candidate] : found) out.push_back(std::move(candidate));
  return out;
}

}  // namespace broker::cli
