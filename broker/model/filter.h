// Which messages pass: one predicate type, to which every face's filter language compiles. Immutable; copies share.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "broker/model/message.h"

namespace broker::model {

struct FilterNode;

class Filter {
 public:
  // Parses the broker's own filter language. Errors: kInvalidArgument, INVALID_FILTER, naming the place.
  static Result<Filter> Parse(std::string_view text);

  bool Matches(const MessageContent& content) const;
  // In the broker's own language, whatever it was compiled from.
  const std::string& text() const { return text_; }
  bool operator==(const Filter& other) const { return text_ == other.text_; }

 private:
  Filter(std::shared_ptr<const FilterNode> root, std::string text) : root_(std::move(root)), text_(std::move(text)) {}

  std::shared_ptr<const FilterNode> root_;
  std::string text_;
};

}  // namespace broker::model
