// Text messages: filling, whitespace rules, the characters that phones can show, and what they cost.
// Character sets: 3GPP TS 23.038 (GSM 7 bit default alphabet and its extension table).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/content/template_text.h"

namespace postroom::content {

// Longest body, in UTF-16 code units of the sanitised text without the prefix.
inline constexpr std::size_t kSmsCharactersMax = 918;

struct SmsText {
  std::string text;                // as handed to the provider
  std::size_t characters = 0;      // UTF-16 code units of `text`
  std::size_t extended = 0;        // of them, those that take two septets in GSM 7 bit
  bool ucs2 = false;               // must go out as UCS-2 (it has a Welsh letter that GSM 7 bit lacks)
  std::vector<char32_t> replaced;  // distinct characters that became '?', in order of appearance

  int fragments() const;  // billable parts; 1 for an empty text
  bool is_empty() const { return characters == 0; }
  bool is_too_long() const { return characters > kSmsCharactersMax; }  // only meaningful without prefix
};

// Billable parts of a message: 160 septets or 70 units alone, 153 or 67 each when joined.
int sms_fragments(std::size_t characters, std::size_t extended, bool ucs2);

// Whitespace rules and character replacement for a text whose placeholders are filled. `prefix` is the name of
// the service, or empty for none.
SmsText sanitise_sms(std::string_view filled, std::string_view prefix = {});

// True when the character can be sent as it is.
bool is_sms_character(char32_t c);
// What is sent for one character: itself, a near one, or "?"; nothing for invisible ones.
std::string sms_replacement(char32_t c);

// Its codes in the GSM 7 bit default alphabet: one byte, or two with the escape; empty for what it lacks.
std::string_view gsm_codes(char32_t c);
// The character of a code, or after the escape; a blank for a code of the extension table that stands for nothing.
char32_t gsm_character(unsigned char code, bool after_escape);

class SmsTemplate {
 public:
  explicit SmsTemplate(std::string content);

  const std::string& content() const { return body_.source(); }
  std::vector<Placeholder> placeholders() const { return body_.placeholders(); }

  // With `prefix`: what the provider gets. Without: what the API reports and what limits apply to.
  SmsText render(const Personalisation& values, std::string_view prefix = {},
                 MissingStyle missing = MissingStyle::shown) const;
  // The template itself, every placeholder counting nothing.
  SmsText render_without_values(std::string_view prefix = {}) const;

 private:
  TemplateText body_;
};

}  // namespace postroom::content
