// Filters, as the reference sees them: every message has a shade that follows from its body, and a filter is a set of
// shades.
#include <fmt/format.h>

#include <cstdlib>

#include "tests/engine/reference_entries.h"

namespace broker::test {

unsigned ShadeOf(std::string_view body) {
  return static_cast<unsigned>(std::strtoul(std::string(body.substr(1)).c_str(), nullptr, 10) / 2 % kShades);
}

bool ModelFilter::Passes(std::string_view body) const { return (shades >> ShadeOf(body) & 1) != 0; }

std::string ModelFilter::Text() const {
  std::string text;
  for (unsigned shade = 0; shade < kShades; ++shade) {
    if ((shades >> shade & 1) != 0)
      text += fmt::format("{}attributes.shade = \"{}\"", text.empty() ? "" : " OR ", shade);
  }
  return reads_body ? fmt::format("({}) AND NOT isObject(body)", text) : text;
}

}  // namespace broker::test
