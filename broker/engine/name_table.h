// Things of one kind by (namespace, name), in that order, with a count of each namespace. Owns them; a thing keeps its
// address. Confined to the engine's strand.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace broker::engine {

template <class T>
class NameTable {
 public:
  using Key = std::pair<std::string, std::string>;

  T* Find(const std::string& name_space, const std::string& name) const {
    const auto it = items_.find({name_space, name});
    return it == items_.end() ? nullptr : it->second.get();
  }
  // REQUIRES: the name is free.
  T& Add(std::unique_ptr<T> item) {
    T& added = *item;
    ++counts_[added.name_space];
    items_.emplace(Key{added.name_space, added.name}, std::move(item));
    return added;
  }
  void Erase(const T& item) {
    const auto count = counts_.find(item.name_space);
    if (--count->second == 0) counts_.erase(count);
    items_.erase({item.name_space, item.name});
  }

  // Calls `visit` for what begins with `prefix` and comes after `after`, in order of names, until it answers false.
  template <class Visit>
  void From(const std::string& name_space, const std::string& prefix, const std::string& after, Visit visit) const {
    auto it = after < prefix ? items_.lower_bound({name_space, prefix}) : items_.upper_bound({name_space, after});
    for (; it != items_.end() && it->first.first == name_space; ++it) {
      if (it->first.second.compare(0, prefix.size(), prefix) != 0) break;
      if (!visit(*it->second)) break;
    }
  }
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [key, item] : items_) visit(*item);
  }
  std::size_t size() const { return items_.size(); }
  std::size_t CountIn(const std::string& name_space) const {
    const auto count = counts_.find(name_space);
    return count == counts_.end() ? 0 : count->second;
  }

 private:
  std::map<Key, std::unique_ptr<T>> items_;
  std::map<std::string, std::size_t> counts_;  // by namespace
};

}  // namespace broker::engine
