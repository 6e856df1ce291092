#include "core/content/sms.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "core/content/text_rules.h"

namespace postroom::content {
namespace {

constexpr std::u32string_view kBasic =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1BÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    U"abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view kExtended = U"^{}\\[~]|€";
// Where they stand in the extension table.
constexpr std::string_view kExtendedCodes = "\x14\x28\x29\x2F\x3C\x3D\x3E\x40\x65";
constexpr char kEscape = 0x1B;
static_assert(kBasic.size() == 128 && kExtended.size() == kExtendedCodes.size());
// Letters of Welsh that the GSM alphabet lacks. They are worth a dearer message: names are wrong without them.
constexpr std::u32string_view kWelsh = U"ÀÁÂÈÊËÌÍÎÏÒÓÔÙÚÛÝáâêëíîïóôúûýÿŴŵŶŷŸẀẁẂẃẄẅỲỳ";

// Stands for a placeholder while a template without values is counted: the blanks around it are kept, because a
// value will stand there. A noncharacter, so no text has it.
constexpr char32_t kPlaceholderMark = 0xFFFF;
constexpr std::string_view kPlaceholderMarkText = "\xEF\xBF\xBF";

enum class Kind : std::uint8_t { other, basic, extended, welsh };

// Every character of the three sets lies below this, but for the euro sign.
constexpr char32_t kTableEnd = 0x1F00;
constexpr char32_t kEuro = 0x20AC;

constexpr auto make_kinds() {
  std::array<Kind, kTableEnd> kinds{};
  for (char32_t c : kWelsh) kinds[c] = Kind::welsh;
  for (char32_t c : kExtended) {
    if (c < kTableEnd) kinds[c] = Kind::extended;
  }
  for (char32_t c : kBasic) kinds[c] = Kind::basic;
  return kinds;
}

constexpr auto kKinds = make_kinds();

Kind kind_of(char32_t c) {
  if (c < kTableEnd) return kKinds[c];
  return c == kEuro ? Kind::extended : Kind::other;
}

// The first character of the canonical decomposition, one level deep; 0 when there is none.
char32_t decomposed(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  static const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(status);
  icu::UnicodeString text;
  if (nfc == nullptr || !nfc->getRawDecomposition(static_cast<UChar32>(c), text)) return 0;
  return static_cast<char32_t>(text.char32At(0));
}

std::string_view listed_replacement(char32_t c) {
  switch (c) {
    case 0x2011:
    case 0x2013:
    case 0x2014:
    case 0x2212: return "-";
    case 0x2026: return "...";
    case 0x2018:
    case 0x2019:
    case 0x201A: return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E: return "\"";
    case 0xA0:
    case 0x202F:
    case '\t': return " ";
    case 0x141: return "L";
    case 0x142: return "l";
    default: return is_zero_width(c) ? "" : "?";
  }
}

void note_replaced(std::vector<char32_t>& replaced, char32_t c) {
  if (std::ranges::find(replaced, c) == replaced.end()) replaced.push_back(c);
}

void append_replacement(SmsText& sms, char32_t c) {
  std::string replacement = sms_replacement(c);
  if (replacement == "?") note_replaced(sms.replaced, c);
  for (std::size_t i = 0; i < replacement.size();) {
    char32_t sent = next_code_point(replacement, i);
    ++sms.characters;
    Kind kind = kind_of(sent);
    if (kind == Kind::extended) ++sms.extended;
    if (kind == Kind::welsh) sms.ucs2 = true;
  }
  sms.text += replacement;
}

int parts(std::size_t units, std::size_t alone, std::size_t joined) {
  return units <= alone ? 1 : static_cast<int>((units + joined - 1) / joined);
}

SmsText sanitise(std::string_view filled, std::string_view prefix, bool drop_marks) {
  std::string text;
  if (!prefix.empty()) {
    text.append(trim_unicode(prefix)).append(": ").append(filled);
  } else {
    text = filled;
  }
  text = collapse_blank_lines(normalise_lines(tidy_punctuation(text)));
  std::string_view trimmed = trim_unicode(text);
  SmsText sms;
  sms.text.reserve(trimmed.size());
  for (std::size_t i = 0; i < trimmed.size();) {
    char32_t c = next_code_point(trimmed, i);
    if (drop_marks && c == kPlaceholderMark) continue;
    if (c < 0x80 && kKinds[c] == Kind::basic) {
      sms.text += static_cast<char>(c);
      ++sms.characters;
    } else {
      append_replacement(sms, c);
    }
  }
  return sms;
}

}  // namespace

int sms_fragments(std::size_t characters, std::size_t extended, bool ucs2) {
  return ucs2 ? parts(characters, 70, 67) : parts(characters + extended, 160, 153);
}

int SmsText::fragments() const { return sms_fragments(characters, extended, ucs2); }

bool is_sms_character(char32_t c) { return kind_of(c) != Kind::other; }

std::string sms_replacement(char32_t c) {
  std::string out;
  if (is_sms_character(c)) {
    append_utf8(out, c);
    return out;
  }
  if (char32_t base = decomposed(c); base != 0 && c != 0xA0) {
    if (is_sms_character(base)) {
      append_utf8(out, base);
    } else {
      out = "?";
    }
    return out;
  }
  out = listed_replacement(c);
  return out;
}

std::string_view gsm_codes(char32_t c) {
  struct Codes {
    std::array<char, 2> bytes{};
    std::uint8_t count = 0;
  };
  static const auto table = [] {
    std::array<Codes, kTableEnd> codes{};
    for (std::size_t i = 0; i < kExtended.size(); ++i) {
      if (kExtended[i] < kTableEnd) codes[kExtended[i]] = {{kEscape, kExtendedCodes[i]}, 2};
    }
    for (std::size_t i = 0; i < kBasic.size(); ++i) {
      // The escape is no character.
      if (kBasic[i] != static_cast<char32_t>(kEscape)) codes[kBasic[i]] = {{static_cast<char>(i)}, 1};
    }
    return codes;
  }();
  static constexpr std::array<char, 2> kEuroCodes{kEscape, 0x65};
  if (c == kEuro) return {kEuroCodes.data(), kEuroCodes.size()};
  if (c >= kTableEnd) return {};
  return {table[c].bytes.data(), table[c].count};
}

char32_t gsm_character(unsigned char code, bool after_escape) {
  if (code >= kBasic.size()) return 0xFFFD;
  if (!after_escape) return kBasic[code];
  const auto place = kExtendedCodes.find(static_cast<char>(code));
  return place == std::string_view::npos ? U' ' : kExtended[place];
}

SmsText sanitise_sms(std::string_view filled, std::string_view prefix) { return sanitise(filled, prefix, false); }

SmsTemplate::SmsTemplate(std::string content) : body_(std::move(content)) {}

SmsText SmsTemplate::render(const Personalisation& values, std::string_view prefix, MissingStyle missing) const {
  return sanitise_sms(body_.fill(values, {.lists = ListStyle::phrase, .missing = missing}), prefix);
}

SmsText SmsTemplate::render_without_values(std::string_view prefix) const {
  FillOptions options{.missing = MissingStyle::dropped, .dropped_mark = kPlaceholderMarkText};
  return sanitise(body_.fill({}, options), prefix, true);
}

}  // namespace postroom::content
