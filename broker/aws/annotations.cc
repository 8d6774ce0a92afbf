#include "broker/aws/annotations.h"

#include <fmt/format.h>

#include <utility>

namespace broker::aws {

std::string Annotation(const model::Notes& notes, std::string_view name) {
  const auto found = notes.annotations.find(fmt::format("{}{}", kAnnotationPrefix, name));
  return found == notes.annotations.end() ? std::string() : found->second;
}

void SetAnnotation(model::Notes& notes, std::string_view name, std::string value) {
  const std::string key = fmt::format("{}{}", kAnnotationPrefix, name);
  if (value.empty()) {
    notes.annotations.erase(key);
  } else {
    notes.annotations[key] = std::move(value);
  }
}

engine::NotesPatch Difference(const model::Notes& old, const model::Notes& changed) {
  engine::NotesPatch patch;
  if (changed.labels != old.labels) patch.labels = changed.labels;
  patch.annotations = changed.annotations;
  for (const auto& [name, value] : old.annotations) patch.annotations.emplace(name, std::string());
  std::erase_if(patch.annotations, [&](const auto& each) {
    const auto found = old.annotations.find(each.first);
    return found != old.annotations.end() && found->second == each.second;
  });
  return patch;
}

}  // namespace broker::aws
