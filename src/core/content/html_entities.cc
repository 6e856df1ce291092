#include "core/content/html_entities.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace postroom::content {
namespace {

// Longest name between & and ; that is looked at.
constexpr std::size_t kNameMax = 32;
constexpr char32_t kReplacement = 0xFFFD;

// What browsers show for the control characters 128 to 159 (windows-1252).
constexpr std::array<char32_t, 32> kWindows1252 = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

bool is_dropped(std::uint32_t c) {
  if ((c >= 1 && c <= 8) || c == 0xB || (c >= 0xE && c <= 0x1F) || (c >= 0x7F && c <= 0x9F)) return true;
  return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

void append_number(std::string& out, std::uint32_t number) {
  if (number == 0 || (number >= 0xD800 && number <= 0xDFFF) || number > 0x10FFFF) {
    append_utf8(out, kReplacement);
  } else if (number == 0xD) {
    out += '\r';
  } else if (number >= 0x80 && number <= 0x9F) {
    append_utf8(out, kWindows1252[number - 0x80]);
  } else if (!is_dropped(number)) {
    append_utf8(out, number);
  }
}

const NamedEntity* find_entity(std::string_view name) {
  auto table = named_entities();
  auto found = std::ranges::lower_bound(table, name, {}, &NamedEntity::name);
  return found != table.end() && found->name == name ? &*found : nullptr;
}

// Decodes the reference "#65" or "#x41" (without & and ;). False when it is none.
bool append_numeric(std::string& out, std::string_view body) {
  body.remove_prefix(1);
  bool hex = !body.empty() && (body[0] == 'x' || body[0] == 'X');
  if (hex) body.remove_prefix(1);
  if (body.empty()) return false;
  std::uint32_t number = 0;
  for (char c : body) {
    std::uint32_t digit = 0;
    if (is_ascii_digit(c)) {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (hex && ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f') {
      digit = static_cast<std::uint32_t>(ascii_lower(c) - 'a' + 10);
    } else {
      return false;
    }
    number = std::min<std::uint32_t>(number * (hex ? 16 : 10) + digit, 0x110000);
  }
  append_number(out, number);
  return true;
}

bool append_named(std::string& out, std::string_view name) {
  if (const NamedEntity* entity = find_entity(name)) {
    out += entity->text;
    return true;
  }
  for (std::size_t length = name.size(); length > 1; --length) {
    const NamedEntity* entity = find_entity(name.substr(0, length));
    if (entity == nullptr || !entity->legacy) continue;
    out += entity->text;
    out += name.substr(length);
    out += ';';
    return true;
  }
  return false;
}

// The part between & at `at` and its semicolon; nothing when there is no reference.
std::optional<std::string_view> reference_at(std::string_view text, std::size_t at) {
  std::size_t i = at + 1;
  bool numeric = i < text.size() && text[i] == '#';
  if (numeric) {
    ++i;
    while (i < text.size() && is_ascii_alnum(text[i])) ++i;
  } else {
    std::size_t characters = 0;
    constexpr std::string_view kNameEnds = "\t\n\f <&#;";
    while (i < text.size() && characters <= kNameMax && kNameEnds.find(text[i]) == std::string_view::npos) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++characters;
      ++i;
    }
    if (characters > kNameMax) return std::nullopt;
  }
  if (i >= text.size() || text[i] != ';' || i == at + 1) return std::nullopt;
  return text.substr(at + 1, i - at - 1);
}

// Length of the reference at `at` whose decoded text was appended; 0 when there is none.
std::size_t append_reference(std::string& out, std::string_view text, std::size_t at) {
  auto body = reference_at(text, at);
  if (!body) return 0;
  bool done = (*body)[0] == '#' ? append_numeric(out, *body) : append_named(out, *body);
  return done ? body->size() + 2 : 0;
}

void append_escaped(std::string& out, std::string_view text) {
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
}

}  // namespace

std::string decode_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '&') {
      if (std::size_t length = append_reference(out, text, i)) {
        i += length;
        continue;
      }
    }
    out += text[i++];
  }
  return out;
}

std::string escape_markup(std::string_view text) {
  std::string out;
  if (text.find_first_of("&<>") == std::string_view::npos) {
    out = text;
    return out;
  }
  out.reserve(text.size() + text.size() / 8);
  std::string decoded;
  for (std::size_t i = 0; i < text.size();) {
    std::string_view rest = text.substr(i);
    if (rest.starts_with("&amp;") || rest.starts_with("&nbsp;")) {
      std::size_t length = rest.find(';') + 1;
      out += rest.substr(0, length);
      i += length;
      continue;
    }
    decoded.clear();
    std::size_t length = text[i] == '&' ? append_reference(decoded, text, i) : 0;
    append_escaped(out, length == 0 ? rest.substr(0, 1) : std::string_view(decoded));
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string attribute_value(std::string_view html) {
  std::string out;
  for (char c : html) {
    switch (c) {
      case '"': out += "&quot;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string without_tags(std::string_view html) {
  std::string out;
  bool in_tag = false;
  for (char c : html) {
    if (c == '<') in_tag = true;
    if (!in_tag) out += c;
    if (c == '>') in_tag = false;
  }
  return out;
}

}  // namespace postroom::content
