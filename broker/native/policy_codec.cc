#include "broker/native/policy_codec.h"

#include <fmt/format.h>

#include <utility>

#include "broker/native/time_codec.h"

namespace broker::native {

Result<model::RetryBackoff> ToBackoff(const std::string& field, const v1::RetryBackoff& from) {
  auto minimum = FromProto(field + ".minimum", from.minimum());
  if (!minimum.ok()) return std::move(minimum).error();
  auto maximum = FromProto(field + ".maximum", from.has_maximum(), from.maximum());
  if (!maximum.ok()) return std::move(maximum).error();
  return model::RetryBackoff{.minimum = *minimum, .maximum = maximum->value_or(*minimum)};
}

Result<model::Bounds> ToBounds(const std::string& field, const v1::Bounds& from) {
  model::Bounds bounds{.max_messages = from.max_messages(), .max_bytes = from.max_bytes()};
  switch (from.overflow()) {
    case v1::Bounds::OVERFLOW_UNSPECIFIED:
    case v1::Bounds::REFUSE: bounds.overflow = model::Overflow::kRefuse; return bounds;
    case v1::Bounds::DROP_OLDEST: bounds.overflow = model::Overflow::kDropOldest; return bounds;
    default: break;  // proto3 keeps numbers that it does not know
  }
  return InvalidField(field + ".overflow", fmt::format("{} is no overflow; there are REFUSE (1) and DROP_OLDEST (2)",
                                                       static_cast<int>(from.overflow())));
}

Result<model::DeadLetterAccess> ToAccess(const std::string& field, const v1::DeadLetterAccess& from) {
  model::DeadLetterAccess access;
  switch (from.kind()) {
    case v1::DeadLetterAccess::KIND_UNSPECIFIED:
    case v1::DeadLetterAccess::ALL: access.kind = model::DeadLetterAccess::Kind::kAll; break;
    case v1::DeadLetterAccess::NONE: access.kind = model::DeadLetterAccess::Kind::kNone; break;
    case v1::DeadLetterAccess::LISTED: access.kind = model::DeadLetterAccess::Kind::kListed; break;
    default:
      return InvalidField(field + ".kind", fmt::format("{} is no kind; there are ALL (1), NONE (2) and LISTED (3)",
                                                       static_cast<int>(from.kind())));
  }
  for (int i = 0; i < from.sources_size(); ++i) {
    auto source = model::Target::Parse(fmt::format("{}.sources[{}]", field, i), from.sources(i));
    if (!source.ok()) return std::move(source).error();
    access.sources.push_back({source->kind.value_or(model::ResourceKind::kQueue), source->name});
  }
  return access;
}

Result<std::optional<model::Filter>> ToFilter(const std::string& field, const std::string& text) {
  if (text.empty()) return std::optional<model::Filter>();
  auto filter = model::Filter::Parse(text);
  if (filter.ok()) return std::optional<model::Filter>(*std::move(filter));
  Error error = std::move(filter).error();
  const std::string why = error.violations.empty() ? error.message : error.violations.front().description;
  error.violations = {{field, why}};
  return error;
}

std::map<std::string, std::string> ToTexts(const ProtoTexts& from) { return {from.begin(), from.end()}; }

void ToProto(const model::RetryBackoff& backoff, v1::RetryBackoff* out) {
  ToProto(backoff.minimum, out->mutable_minimum());
  ToProto(backoff.maximum, out->mutable_maximum());
}

void ToProto(const model::Bounds& bounds, v1::Bounds* out) {
  out->set_max_messages(bounds.max_messages);
  out->set_max_bytes(bounds.max_bytes);
  out->set_overflow(bounds.overflow == model::Overflow::kDropOldest ? v1::Bounds::DROP_OLDEST : v1::Bounds::REFUSE);
}

void ToProto(const model::DeadLetterAccess& access, v1::DeadLetterAccess* out) {
  switch (access.kind) {
    case model::DeadLetterAccess::Kind::kAll: out->set_kind(v1::DeadLetterAccess::ALL); break;
    case model::DeadLetterAccess::Kind::kNone: out->set_kind(v1::DeadLetterAccess::NONE); break;
    case model::DeadLetterAccess::Kind::kListed: out->set_kind(v1::DeadLetterAccess::LISTED); break;
  }
  for (const auto& source : access.sources) out->add_sources(source.ToString());
}

void ToProto(const std::map<std::string, std::string>& texts, ProtoTexts* out) {
  for (const auto& [name, text] : texts) (*out)[name] = text;
}

}  // namespace broker::native
