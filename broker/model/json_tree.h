// A JSON text as filters look at it: flat, numbers kept as their text, two allocations or so whatever its size.
// Immutable value.
//
// What is not JSON, nests deeper than kMaxFilteredDepth or has more than kMaxFilteredValues values has no tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace broker::model {

class JsonTree {
 public:
  enum class Kind : std::uint8_t { kObject, kArray, kText, kNumber, kTrue, kFalse, kNull };

  static std::optional<JsonTree> Parse(std::string_view text);

  Kind root() const { return nodes_.front().kind; }
  std::size_t size() const { return nodes_.size(); }  // values of all kinds

  // Calls `visit(kind, text)` for each scalar that `path` leads to from the root, until one answers true; answers whether
  // one did. Keys of the path are joined by dots, and each dot may also be one of a key: a.b is both {"a":{"b":1}} and
  // {"a.b":1}. Every element of an array is looked at. An empty path is the root itself.
  template <class Visit>
  bool AnyAt(std::string_view path, const Visit& visit) const {
    return AnyBelow(0, path, visit);
  }

 private:
  friend class JsonTreeBuilder;

  struct Node {
    Kind kind = Kind::kNull;
    std::uint32_t end = 0;  // the index after its last descendant
    std::uint32_t key_at = 0;
    std::uint32_t key_size = 0;
    std::uint32_t text_at = 0;
    std::uint32_t text_size = 0;
  };

  template <class Visit>
  bool AnyBelow(std::uint32_t index, std::string_view path, const Visit& visit) const {
    const Node& node = nodes_[index];
    const bool array = node.kind == Kind::kArray;
    if (!array && node.kind != Kind::kObject) {
      return path.empty() && visit(node.kind, std::string_view(text_).substr(node.text_at, node.text_size));
    }
    for (std::uint32_t child = index + 1; child < node.end; child = nodes_[child].end) {
      if (array) {
        if (AnyBelow(child, path, visit)) return true;
        continue;
      }
      const std::string_view key = std::string_view(text_).substr(nodes_[child].key_at, nodes_[child].key_size);
      if (path.empty() || path.substr(0, key.size()) != key) continue;
      if (path.size() == key.size() ? AnyBelow(child, {}, visit)
                                    : path[key.size()] == '.' && AnyBelow(child, path.substr(key.size() + 1), visit)) {
        return true;
      }
    }
    return false;
  }

  std::vector<Node> nodes_;  // in the order of the text; never empty
  std::string text_;         // of keys and scalars
};

}  // namespace broker::model
