#include "broker/server/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "broker/base/check.h"

namespace broker::server {
namespace {

std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string NotKnown(std::string_view word, const std::vector<std::string>& known) {
  BROKER_CHECK(!known.empty());
  const std::string& nearest = *std::min_element(
      known.begin(), known.end(), [&](const auto& a, const auto& b) { return Distance(word, a) < Distance(word, b); });
  if (Distance(word, nearest) > word.size() / 3) return "is not known; brokerd --help lists what there is";
  return fmt::format("is not known; did you mean {}?", nearest);
}

}  // namespace broker::server
