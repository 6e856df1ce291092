// Names that differ in blanks, '_', '-' and case only are one: placeholders, columns, files of a template.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace postroom::content {

// In the order in which names were added; the first spelling stays.
class NameSet {
 public:
  NameSet() = default;
  explicit NameSet(const std::vector<std::string>& names);

  // False when it was there already.
  bool add(std::string_view name);
  bool contains(std::string_view name) const;
  const std::vector<std::string>& names() const { return names_; }

  // The names of both, of both at once, and of this one alone: in this one's order and spelling.
  NameSet united(const NameSet& other) const;
  NameSet common(const NameSet& other) const;
  NameSet without(const NameSet& other) const;

  // Whatever the order and the spelling.
  friend bool operator==(const NameSet& a, const NameSet& b) { return a.keys_ == b.keys_; }

 private:
  std::vector<std::string> names_;
  std::unordered_set<std::string> keys_;
};

}  // namespace postroom::content
