#include "core/content/personalisation.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/content/html_entities.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

// Below this many entries a look through all of them is quicker than a hash table.
constexpr std::size_t kIndexFrom = 16;

void append_python(std::string& out, const json::value& value, bool quoted);

// Python prefers single quotes, and double ones when the text has single but no double quotes.
void append_python_string(std::string& out, std::string_view text) {
  bool has_single = text.find('\'') != std::string_view::npos;
  char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  out += quote;
  for (char c : text) {
    if (c == '\\' || c == quote) {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += quote;
}

void append_python_object(std::string& out, const json::object& object) {
  out += '{';
  bool first = true;
  for (const auto& member : object) {
    if (!first) out += ", ";
    first = false;
    append_python_string(out, member.key());
    out += ": ";
    append_python(out, member.value(), true);
  }
  out += '}';
}

void append_python(std::string& out, const json::value& value, bool quoted) {
  switch (value.kind()) {
    case json::kind::null: out += "None"; break;
    case json::kind::bool_: out += value.get_bool() ? "True" : "False"; break;
    case json::kind::int64: out += std::to_string(value.get_int64()); break;
    case json::kind::uint64: out += std::to_string(value.get_uint64()); break;
    case json::kind::double_: out += write_double(value.get_double()); break;
    case json::kind::string:
      if (quoted) {
        append_python_string(out, value.get_string());
      } else {
        out += std::string_view(value.get_string());
      }
      break;
    case json::kind::array: {
      out += '[';
      bool first = true;
      for (const auto& item : value.get_array()) {
        if (!first) out += ", ";
        first = false;
        append_python(out, item, true);
      }
      out += ']';
      break;
    }
    case json::kind::object: append_python_object(out, value.get_object()); break;
  }
}

}  // namespace

std::string personalisation_key(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  bool ascii = true;
  for (char c : name) {
    if (c == ' ' || c == '_' || c == '-') continue;
    if (static_cast<unsigned char>(c) >= 0x80) ascii = false;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return ascii ? out : lower_unicode(out);
}

std::string python_text(const json::value& value) {
  std::string out;
  append_python(out, value, false);
  return out;
}

PersonalisationValue PersonalisationValue::of_text(std::string text) {
  return {.kind = Kind::text, .text = std::move(text), .items = {}};
}

PersonalisationValue PersonalisationValue::of_json(const json::value& value) {
  if (value.is_null()) return {};
  if (!value.is_array()) return of_text(python_text(value));
  PersonalisationValue list{.kind = Kind::list, .text = {}, .items = {}};
  for (const auto& item : value.get_array()) {
    if (item.is_null()) continue;
    std::string text = strip_obscure(python_text(item));
    if (!text.empty()) list.items.push_back(std::move(text));
  }
  return list;
}

Personalisation Personalisation::from_json(const json::object& object) {
  Personalisation result;
  result.entries_.reserve(object.size());
  for (const auto& member : object) result.set(member.key(), PersonalisationValue::of_json(member.value()));
  return result;
}

void Personalisation::set(std::string_view name, PersonalisationValue value) {
  std::string key = personalisation_key(name);
  auto known = position_of(key);
  std::size_t position = known.value_or(entries_.size());
  if (name.find_first_of("&<>") != std::string_view::npos) {
    by_escaped_key_[personalisation_key(escape_markup(name))] = position;
  }
  if (known) {
    entries_[position].name = name;
    entries_[position].value = std::move(value);
    return;
  }
  entries_.push_back({std::string(name), std::move(key), std::move(value)});
  if (entries_.size() == kIndexFrom) {
    for (std::size_t i = 0; i < entries_.size(); ++i) by_key_.emplace(entries_[i].key, i);
  } else if (entries_.size() > kIndexFrom) {
    by_key_.emplace(entries_.back().key, position);
  }
}

std::optional<std::size_t> Personalisation::position_of(std::string_view key) const {
  if (entries_.size() >= kIndexFrom) {
    auto found = by_key_.find(std::string(key));
    if (found == by_key_.end()) return std::nullopt;
    return found->second;
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].key == key) return i;
  }
  return std::nullopt;
}

const PersonalisationValue* Personalisation::find(std::string_view key) const {
  auto position = position_of(key);
  return position ? &entries_[*position].value : nullptr;
}

const PersonalisationValue* Personalisation::find_escaped(std::string_view key) const {
  if (!by_escaped_key_.empty()) {
    // Of two names that look the same escaped, the later counts.
    auto found = by_escaped_key_.find(std::string(key));
    auto plain = position_of(key);
    bool is_plain = plain && entries_[*plain].name.find_first_of("&<>") == std::string::npos;
    if (found != by_escaped_key_.end() && (!is_plain || found->second > *plain))
      return &entries_[found->second].value;
    return is_plain ? &entries_[*plain].value : nullptr;
  }
  return find(key);
}

}  // namespace postroom::content
