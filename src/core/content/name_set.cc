#include "core/content/name_set.h"

#include "core/content/personalisation.h"

namespace postroom::content {

NameSet::NameSet(const std::vector<std::string>& names) {
  for (const std::string& name : names) add(name);
}

bool NameSet::add(std::string_view name) {
  if (!keys_.insert(personalisation_key(name)).second) return false;
  names_.emplace_back(name);
  return true;
}

bool NameSet::contains(std::string_view name) const { return keys_.contains(personalisation_key(name)); }

NameSet NameSet::united(const NameSet& other) const {
  NameSet result = *this;
  for (const std::string& name : other.names_) result.add(name);
  return result;
}

NameSet NameSet::common(const NameSet& other) const {
  NameSet result;
  for (const std::string& name : names_) {
    if (other.contains(name)) result.add(name);
  }
  return result;
}

NameSet NameSet::without(const NameSet& other) const {
  NameSet result;
  for (const std::string& name : names_) {
    if (!other.contains(name)) result.add(name);
  }
  return result;
}

}  // namespace postroom::content
