// The values that fill the placeholders of a template, as the caller gave them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"

namespace postroom::content {

// The form in which names are compared: blanks, '_' and '-' removed, then Unicode default lower case.
std::string personalisation_key(std::string_view name);

// One value, already as text. Numbers, booleans and objects are printed in Python's literal form ("True",
// "1.0", "{'k': 'v'}"), because that is what callers of the wire format rely on.
struct PersonalisationValue {
  enum class Kind : std::uint8_t { missing, text, list };

  Kind kind = Kind::missing;
  std::string text;                // of `text`
  std::vector<std::string> items;  // of `list`: invisible characters removed, empty ones left out

  bool is_missing() const { return kind == Kind::missing; }
  static PersonalisationValue of_text(std::string text);
  static PersonalisationValue of_json(const json::value& value);

  friend bool operator==(const PersonalisationValue&, const PersonalisationValue&) = default;
};

// Values by name. Entries keep the position of the first and the value (and spelling) of the last entry with
// the same key.
class Personalisation {
 public:
  struct Entry {
    std::string name;  // as given
    std::string key;
    PersonalisationValue value;
  };

  Personalisation() = default;
  static Personalisation from_json(const json::object& object);

  void set(std::string_view name, PersonalisationValue value);

  // By normalised key; null when absent. A value that is JSON null is present and missing.
  const PersonalisationValue* find(std::string_view key) const;
  // By the HTML-escaped form of the names: the template's text was escaped before it was read.
  const PersonalisationValue* find_escaped(std::string_view key) const;

  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }

 private:
  std::optional<std::size_t> position_of(std::string_view key) const;

  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> by_key_;          // filled from kIndexFrom entries on
  std::unordered_map<std::string, std::size_t> by_escaped_key_;  // names with & < or >
};

// Python's literal form of a JSON value: strings inside arrays and objects are quoted.
std::string python_text(const json::value& value);

}  // namespace postroom::content
