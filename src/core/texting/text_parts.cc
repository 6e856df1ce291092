#include "core/texting/text_parts.h"

#include "base/text.h"
#include "core/content/sms.h"

namespace postroom::texting {
namespace {

constexpr char kEscape = 0x1B;
constexpr char32_t kReplacement = 0xFFFD;
constexpr unsigned char kJoin8 = 0x00;   // information elements: 8-bit reference
constexpr unsigned char kJoin16 = 0x08;  // 16-bit reference

unsigned char byte_at(BytesView bytes, std::size_t place) { return static_cast<unsigned char>(bytes[place]); }

char32_t unit_at(BytesView bytes, std::size_t place) {
  return static_cast<char32_t>(byte_at(bytes, place) << 8 | byte_at(bytes, place + 1));
}
bool is_high(char32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(char32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

void append_unit(Bytes& out, char32_t unit) {
  out += static_cast<char>(unit >> 8 & 0xFF);
  out += static_cast<char>(unit & 0xFF);
}

// `cuts_pair(place)`: a cut before `place` would part what belongs together.
template <typename CutsPair>
std::vector<Bytes> split_at(BytesView bytes, std::size_t alone, std::size_t joined, std::size_t step,
                            CutsPair cuts_pair) {
  std::vector<Bytes> parts;
  if (bytes.size() <= alone) return {Bytes(bytes)};
  while (!bytes.empty()) {
    std::size_t size = std::min(joined, bytes.size());
    if (size < bytes.size() && cuts_pair(bytes, size)) size -= step;
    parts.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return parts;
}

}  // namespace

Bytes to_gsm(std::string_view utf8) {
  Bytes out;
  out.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const std::string_view codes = content::gsm_codes(next_code_point(utf8, at));
    out += codes.empty() ? std::string_view("?") : codes;
  }
  return out;
}

std::string from_gsm(BytesView codes) {
  std::string out;
  bool after_escape = false;
  for (char code : codes) {
    if (code == kEscape && !after_escape) {
      after_escape = true;
      continue;
    }
    append_utf8(out, content::gsm_character(static_cast<unsigned char>(code), after_escape));
    after_escape = false;
  }
  return out;
}

Bytes to_ucs2(std::string_view utf8) {
  Bytes out;
  out.reserve(2 * utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    char32_t c = next_code_point(utf8, at);
    if (c < 0x10000) {
      append_unit(out, c);
      continue;
    }
    c -= 0x10000;
    append_unit(out, 0xD800 + (c >> 10));
    append_unit(out, 0xDC00 + (c & 0x3FF));
  }
  return out;
}

std::string from_ucs2(BytesView bytes) {
  std::string out;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t unit = unit_at(bytes, at);
    if (is_high(unit) && at + 3 < bytes.size() && is_low(unit_at(bytes, at + 2))) {
      unit = 0x10000 + ((unit - 0xD800) << 10) + (unit_at(bytes, at + 2) - 0xDC00);
      at += 2;
    } else if (is_high(unit) || is_low(unit)) {
      unit = kReplacement;
    }
    append_utf8(out, unit);
  }
  return out;
}

std::string from_latin1(BytesView bytes) {
  std::string out;
  for (char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
  return out;
}

std::vector<Bytes> split_gsm(BytesView codes) {
  return split_at(codes, kSeptetsAlone, kSeptetsJoined, 1,
                  [](BytesView bytes, std::size_t place) { return bytes[place - 1] == kEscape; });
}

std::vector<Bytes> split_ucs2(BytesView bytes) {
  return split_at(bytes, 2 * kUnitsAlone, 2 * kUnitsJoined, 2,
                  [](BytesView rest, std::size_t place) { return is_high(unit_at(rest, place - 2)); });
}

Bytes join_header(const JoinHeader& header) {
  return {0x05,
          0x00,
          0x03,
          static_cast<char>(header.reference & 0xFF),
          static_cast<char>(header.parts & 0xFF),
          static_cast<char>(header.part & 0xFF)};
}

std::optional<UserData> read_user_data(BytesView bytes) {
  if (bytes.empty()) return std::nullopt;
  const std::size_t size = byte_at(bytes, 0);
  if (1 + size > bytes.size()) return std::nullopt;
  UserData out{.join = std::nullopt, .rest = bytes.substr(1 + size)};
  BytesView elements = bytes.substr(1, size);
  while (elements.size() >= 2) {
    const unsigned char kind = byte_at(elements, 0);
    const std::size_t length = byte_at(elements, 1);
    if (2 + length > elements.size()) break;
    const BytesView value = elements.substr(2, length);
    if (kind == kJoin8 && length == 3)
      out.join = JoinHeader{byte_at(value, 0), byte_at(value, 1), byte_at(value, 2)};
    if (kind == kJoin16 && length == 4)
      out.join = JoinHeader{static_cast<int>(unit_at(value, 0)), byte_at(value, 2), byte_at(value, 3)};
    elements.remove_prefix(2 + length);
  }
  if (out.join && (out.join->parts < 1 || out.join->part < 1 || out.join->part > out.join->parts)) out.join.reset();
  return out;
}

}  // namespace postroom::texting
