#include "core/content/display_text.h"

#include <fmt/format.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/text.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

// Canonical decomposition (NFD): an accent becomes a character of its own.
std::u32string decompose(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) return to_utf32(text);
  std::string out;
  nfd->normalize(
         icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size()))),
         status)
      .toUTF8String(out);
  return to_utf32(out);
}

// Python's str.isalnum: letters, and numbers of every kind.
bool is_alphanumeric(char32_t c) { return c != '_' && is_word_character(c); }

// Drops accents and punctuation; runs of white space become `separator`, and runs of full stops one.
std::string safe_text(std::string_view text, char separator) {
  std::string out;
  bool in_space = false;
  for (char32_t c : decompose(trim_unicode(text))) {
    bool space = is_unicode_space(c);
    bool separates = (space && !in_space) || c == static_cast<char32_t>(separator);
    in_space = space;
    if (separates) {
      if (separator != '.' || !out.ends_with('.')) out += separator;
    } else if (is_alphanumeric(c)) {
      append_utf8(out, c);
    }
  }
  while (out.ends_with('.')) out.pop_back();
  out.erase(0, std::min(out.find_first_not_of('.'), out.size()));
  return lower_unicode(out);
}

std::string in_unit(std::uint64_t bytes, std::uint64_t unit, std::string_view name) {
  std::string number = fmt::format("{:.1f}", static_cast<double>(bytes) / static_cast<double>(unit));
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return number.append(name);
}

}  // namespace

std::string email_local_part(std::string_view name) { return safe_text(name, '.'); }
std::string html_id(std::string_view name) { return safe_text(name, '-'); }

std::string file_size_text(std::uint64_t bytes) {
  constexpr std::uint64_t kKilobyte = 1024;
  constexpr std::uint64_t kMegabyte = kKilobyte * kKilobyte;
  // From a twentieth on, a unit shows as 0.1 of it.
  if (bytes * 20 < kKilobyte) return "0.1KB";
  return bytes * 20 < kMegabyte ? in_unit(bytes, kKilobyte, "KB") : in_unit(bytes, kMegabyte, "MB");
}

}  // namespace postroom::content
