// The only unit that instantiates Boost.JSON's parser.
#include "broker/aws/wire/json_reader.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <string>
#include <utility>
#include <vector>

#include "broker/aws/wire/shown.h"

namespace broker::aws {
namespace {

namespace json = boost::json;
using boost::system::error_code;

// Builds the tree from the parser's events. `wrong` says why an event was refused.
struct Builder {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  Value root;
  std::vector<Value*> open;  // the object or list that events go into is the last
  std::string text;          // of the string, key or number being read, in parts
  std::string name;          // of the member whose value comes next
  std::size_t values = 0;
  std::string wrong;

  bool Refuse(std::string why, error_code& error) {
    wrong = std::move(why);
    error = make_error_code(boost::system::errc::invalid_argument);
    return false;
  }

  // Where the next value belongs.
  Value* Place(error_code& error) {
    if (++values > kMaxValues) {
      Refuse(fmt::format("more than {} values", kMaxValues), error);
      return nullptr;
    }
    if (open.empty()) return &root;
    Value& parent = *open.back();
    if (parent.kind == Value::Kind::kList) return &parent.items.emplace_back();
    if (parent.members.size() == kMaxMembers) {
      Refuse(fmt::format("an object has more than {} members", kMaxMembers), error);
      return nullptr;
    }
    if (parent.Find(name) != nullptr) {
      Refuse(fmt::format("\"{}\" is there twice", Shown(name)), error);
      return nullptr;
    }
    return &parent.members.emplace_back(Member{std::move(name), {}}).value;
  }

  bool Scalar(Value::Kind kind, std::string value, error_code& error) {
    Value* const place = Place(error);
    if (place == nullptr) return false;
    place->kind = kind;
    place->text = std::move(value);
    return true;
  }
  bool Open(Value::Kind kind, error_code& error) {
    Value* const place = Place(error);
    if (place == nullptr) return false;
    place->kind = kind;
    open.push_back(place);  // stays where it is: its parent grows only after it is closed
    return true;
  }
  bool Part(json::string_view part) {
    text.append(part.data(), part.size());
    return true;
  }
  std::string Whole(json::string_view last) {
    Part(last);
    return std::exchange(text, {});
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& error) { return Open(Value::Kind::kObject, error); }
  bool on_object_end(std::size_t, error_code&) { return open.pop_back(), true; }
  bool on_array_begin(error_code& error) { return Open(Value::Kind::kList, error); }
  bool on_array_end(std::size_t, error_code&) { return open.pop_back(), true; }
  bool on_key_part(json::string_view part, std::size_t, error_code&) { return Part(part); }
  bool on_key(json::string_view last, std::size_t, error_code&) { return name = Whole(last), true; }
  bool on_string_part(json::string_view part, std::size_t, error_code&) { return Part(part); }
  bool on_string(json::string_view last, std::size_t, error_code& error) {
    return Scalar(Value::Kind::kText, Whole(last), error);
  }
  bool on_number_part(json::string_view part, error_code&) { return Part(part); }
  bool on_int64(std::int64_t, json::string_view last, error_code& error) {
    return Scalar(Value::Kind::kNumber, Whole(last), error);
  }
  bool on_uint64(std::uint64_t, json::string_view last, error_code& error) {
    return Scalar(Value::Kind::kNumber, Whole(last), error);
  }
  bool on_double(double, json::string_view last, error_code& error) {
    return Scalar(Value::Kind::kNumber, Whole(last), error);
  }
  bool on_bool(bool value, error_code& error) {
    return Scalar(Value::Kind::kBoolean, value ? "true" : "false", error);
  }
  bool on_null(error_code& error) { return Scalar(Value::Kind::kNull, {}, error); }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }
};

}  // namespace

Result<Value> ReadJson(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::basic_parser<Builder> parser(options);
  error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used < text.size()) error = json::error::extra_data;
  if (!error) return std::move(parser.handler().root);
  const std::string& wrong = parser.handler().wrong;
  return Error(ErrorCode::kInvalidArgument, "MALFORMED_JSON",
               fmt::format("at byte {}: {}", used, wrong.empty() ? error.message() : wrong));
}

}  // namespace broker::aws
