#include "broker/model/filter_input.h"

namespace broker::model {

const JsonTree* FilterInput::body() const {
  if (!parsed_) body_ = JsonTree::Parse(content_.body);
  parsed_ = true;
  return body_ ? &*body_ : nullptr;
}

const JsonTree* FilterInput::ListOf(const Attribute& attribute) const {
  if (attribute.kind != AttributeKind::kText || attribute.label != kListLabel) return nullptr;
  const auto [list, fresh] = lists_.try_emplace(&attribute);
  if (fresh) {
    list->second = JsonTree::Parse(attribute.value);
    if (list->second && list->second->root() != JsonTree::Kind::kArray) list->second.reset();
  }
  return list->second ? &*list->second : nullptr;
}

std::size_t FilterInput::ValuesOfBody() const {
  const JsonTree* tree = body();
  return tree != nullptr ? tree->size() : 0;
}

std::size_t FilterInput::ValuesOfLists() const {
  std::size_t values = 0;
  for (const auto& [name, attribute] : content_.attributes) {
    if (const JsonTree* list = ListOf(attribute)) values += list->size();
  }
  return values;
}

}  // namespace broker::model
