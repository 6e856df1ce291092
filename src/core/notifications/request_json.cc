#include "core/notifications/request_json.h"

#include "base/json_truth.h"
#include "base/text.h"
#include "core/content/personalisation.h"

namespace postroom::notifications {
namespace {

// The longest integer that JSON's number types surely hold.
constexpr std::size_t kSafeDigits = 18;
// Members of the document itself keep their type, so that a number where a text belongs is still refused.
constexpr int kValueDepthMin = 2;

std::size_t skip_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at < text.size() ? at + 1 : text.size();
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_ascii_digit(text[at])) ++at;
  return at;
}

// Puts quotes around long integers below the top level. Copies only what needs it: `out` stays empty when there
// is nothing to quote.
void quote_long_integers(std::string_view text, std::string& out) {
  std::size_t copied = 0;
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
    } else if (is_ascii_digit(c) || c == '-') {
      std::size_t end = skip_digits(text, at + 1);
      bool is_integer = end >= text.size() || (text[end] != '.' && text[end] != 'e' && text[end] != 'E');
      std::size_t first_digit = at + (c == '-' ? 1 : 0);
      bool well_formed = first_digit < text.size() && text[first_digit] != '0';
      if (is_integer && well_formed && end - first_digit > kSafeDigits && depth >= kValueDepthMin) {
        out.append(text, copied, at - copied);
        out += '"';
        out.append(text, at, end - at);
        out += '"';
        copied = end;
      } else if (!is_integer) {
        // The exponent's digits belong to this number.
        while (end < text.size() &&
               (is_ascii_alnum(text[end]) || text[end] == '.' || text[end] == '+' || text[end] == '-'))
          ++end;
      }
      at = end;
    } else {
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at;
    }
  }
  if (copied > 0) out.append(text, copied, text.size() - copied);
}

bool has_nul(const json::value& value) {
  if (value.is_string()) return std::string_view(value.get_string()).find('\0') != std::string_view::npos;
  if (value.is_array()) {
    for (const auto& item : value.get_array()) {
      if (has_nul(item)) return true;
    }
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      if (std::string_view(member.key()).find('\0') != std::string_view::npos || has_nul(member.value()))
        return true;
    }
  }
  return false;
}

}  // namespace

Result<json::value> parse_request_json(std::string_view body) {
  std::string rewritten;
  quote_long_integers(body, rewritten);
  POSTROOM_TRY(document, parse_json(rewritten.empty() ? body : std::string_view(rewritten)));
  if (says_nothing(document)) return json::value(json::object{});
  return document;
}

std::optional<std::string> member_with_nul(const json::object& object, std::string_view body) {
  // In well-formed JSON a NUL can only be written as this escape.
  if (body.find("\\u0000") == std::string_view::npos) return std::nullopt;
  for (const auto& member : object) {
    if (std::string_view(member.key()).find('\0') != std::string_view::npos) {
      return replace_all(std::string_view(member.key()), std::string_view("\0", 1), "?");
    }
    if (has_nul(member.value())) return std::string(member.key());
  }
  return std::nullopt;
}

std::string printable(const json::value& value) {
  std::string out = content::python_text(value);
  std::erase(out, '\'');
  if (out.size() > kEchoBytesMax) {
    std::size_t end = kEchoBytesMax;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
    out.resize(end);
    out += "…";
  }
  return out;
}

}  // namespace postroom::notifications
