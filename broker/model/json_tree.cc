#include "broker/model/json_tree.h"

#include <boost/json/basic_parser_impl.hpp>

#include "broker/model/limits.h"

namespace broker::model {

// What the parser calls as it reads. A handler that answers false ends the parse.
class JsonTreeBuilder {
 public:
  using Error = boost::json::error_code;
  using Text = boost::json::string_view;

  // NOLINTBEGIN(readability-identifier-naming): names that the parser asks for
  static constexpr std::size_t max_object_size = kMaxFilteredValues;
  static constexpr std::size_t max_array_size = kMaxFilteredValues;
  static constexpr std::size_t max_key_size = kMaxBodyBytes;
  static constexpr std::size_t max_string_size = kMaxBodyBytes;

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error& error) { return Open(JsonTree::Kind::kObject, error); }
  bool on_object_end(std::size_t, Error&) { return Close(); }
  bool on_array_begin(Error& error) { return Open(JsonTree::Kind::kArray, error); }
  bool on_array_end(std::size_t, Error&) { return Close(); }
  bool on_key_part(Text part, std::size_t, Error&) { return Add(part); }
  bool on_key(Text part, std::size_t, Error&) {
    Add(part);
    key_at_ = part_at_;
    key_size_ = Here() - part_at_;
    part_at_ = Here();
    return true;
  }
  bool on_string_part(Text part, std::size_t, Error&) { return Add(part); }
  bool on_string(Text part, std::size_t, Error& error) { return Add(part) && Scalar(JsonTree::Kind::kText, error); }
  bool on_number_part(Text part, Error&) { return Add(part); }
  bool on_int64(std::int64_t, Text part, Error& error) { return Add(part) && Scalar(JsonTree::Kind::kNumber, error); }
  bool on_uint64(std::uint64_t, Text part, Error& error) { return Add(part) && Scalar(JsonTree::Kind::kNumber, error); }
  bool on_double(double, Text part, Error& error) { return Add(part) && Scalar(JsonTree::Kind::kNumber, error); }
  bool on_bool(bool value, Error& error) {
    return Scalar(value ? JsonTree::Kind::kTrue : JsonTree::Kind::kFalse, error);
  }
  bool on_null(Error& error) { return Scalar(JsonTree::Kind::kNull, error); }
  bool on_comment_part(Text, Error&) { return true; }
  bool on_comment(Text, Error&) { return true; }
  // NOLINTEND(readability-identifier-naming)

  JsonTree Take() { return std::move(tree_); }
  void Reserve(std::size_t bytes) { tree_.text_.reserve(bytes); }

 private:
  std::uint32_t Here() const { return static_cast<std::uint32_t>(tree_.text_.size()); }
  bool Add(Text part) {
    tree_.text_.append(part.data(), part.size());
    return true;
  }
  bool AddNode(JsonTree::Kind kind, Error& error) {
    if (tree_.nodes_.size() == kMaxFilteredValues) {
      error = boost::json::error::array_too_large;
      return false;
    }
    const auto index = static_cast<std::uint32_t>(tree_.nodes_.size());
    tree_.nodes_.push_back({kind, index + 1, key_at_, key_size_, part_at_, Here() - part_at_});
    key_size_ = 0;
    part_at_ = Here();
    return true;
  }
  bool Scalar(JsonTree::Kind kind, Error& error) { return AddNode(kind, error); }
  bool Open(JsonTree::Kind kind, Error& error) {
    open_.push_back(static_cast<std::uint32_t>(tree_.nodes_.size()));
    return AddNode(kind, error);
  }
  bool Close() {
    tree_.nodes_[open_.back()].end = static_cast<std::uint32_t>(tree_.nodes_.size());
    open_.pop_back();
    return true;
  }

  JsonTree tree_;
  std::vector<std::uint32_t> open_;
  std::uint32_t part_at_ = 0;  // where the key or scalar that is being read begins
  std::uint32_t key_at_ = 0;
  std::uint32_t key_size_ = 0;
};

std::optional<JsonTree> JsonTree::Parse(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxFilteredDepth;
  boost::json::basic_parser<JsonTreeBuilder> parser(options);
  parser.handler().Reserve(text.size());
  boost::json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (error || read != text.size()) return std::nullopt;
  return parser.handler().Take();
}

}  // namespace broker::model
