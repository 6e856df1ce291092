#include "adapters/smtp/mime_writer.h"

#include <sodium.h>
#include <unicode/uidna.h>

#include <array>

#include "base/bytes.h"
#include "base/text.h"

namespace postroom::smtp {
namespace {

constexpr std::size_t kReferenceCharsMax = 128;
constexpr std::size_t kUrlCharsMax = 900;  // RFC 5322 section 2.1.1 ends lines at 998
constexpr std::size_t kEncodedWordCharsMax = 75;
constexpr std::size_t kPlainLineCharsMax = 998;

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }
bool is_printable_ascii(char c) { return c >= ' ' && c <= '~'; }

// One line of valid UTF-8: header injection ends here.
std::string header_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    char32_t code_point = next_code_point(text, i);
    bool line_separator = code_point == 0x2028 || code_point == 0x2029 || code_point == 0x85;
    if (code_point < U' ' || code_point == 0x7f || line_separator)
      out += ' ';
    else
      append_utf8(out, code_point);
  }
  return std::string(trim(out));
}

std::string valid_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size();) append_utf8(out, next_code_point(text, i));
  return out;
}

// RFC 5322 section 3.2.3.
bool is_atom_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_ascii_alnum(c) || c == ' ' ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  });
}

// The A-label form of an internationalised domain; empty when it has none.
std::string ascii_domain_of(std::string_view domain) {
  UErrorCode status = U_ZERO_ERROR;
  UIDNA* idna = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_USE_STD3_RULES, &status);
  if (U_FAILURE(status)) return {};
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  std::array<char, kAddressBytesMax> out;
  std::int32_t size = uidna_nameToASCII_UTF8(idna, domain.data(), static_cast<std::int32_t>(domain.size()),
                                             out.data(), static_cast<std::int32_t>(out.size()), &info, &status);
  uidna_close(idna);
  if (U_FAILURE(status) || info.errors != 0) return {};
  return std::string(out.data(), static_cast<std::size_t>(size));
}

// The display name before <address>: an atom, a quoted string or encoded words.
std::string display_name(std::string_view name, std::size_t column) {
  std::string clean = header_text(name);
  // A name that looks like an encoded word must not be decoded as one.
  bool ascii = std::all_of(clean.begin(), clean.end(), is_printable_ascii) && clean.find("=?") == std::string::npos;
  if (!ascii) return encode_header_text(clean, column);
  if (is_atom_text(clean)) return clean;
  std::string out = "\"";
  for (char c : clean) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string mailbox(std::string_view name, const std::string& address, std::size_t column) {
  std::string shown = display_name(name, column);
  if (shown.empty()) return address;
  // An address that would pass the usual line length goes to a line of its own.
  std::size_t line_start = shown.rfind('\n');
  std::size_t used = line_start == std::string::npos ? column + shown.size() : shown.size() - line_start;
  std::string_view gap = used + address.size() + 3 > kMimeLineCharsMax ? "\r\n " : " ";
  return shown + std::string(gap) + "<" + address + ">";
}

bool is_wire_url(std::string_view url) {
  return url.starts_with("https://") && url.size() <= kUrlCharsMax &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~' && c != '<' && c != '>'; });
}

bool is_wire_reference(std::string_view reference) {
  return !reference.empty() && reference.size() <= kReferenceCharsMax &&
         std::all_of(reference.begin(), reference.end(),
                     [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

Result<void> check(const ports::EmailMessage& message) {
  if (!message.list_unsubscribe_url.empty() && !is_wire_url(message.list_unsubscribe_url))
    return fail(ErrorKind::invalid_input,
                fmt::format("the unsubscribe URL must be https, ASCII and at most {} characters", kUrlCharsMax));
  if (!is_wire_reference(message.message_reference))
    return fail(ErrorKind::invalid_input,
                fmt::format("the message reference must be 1 to {} letters, digits, dots, hyphens or underscores",
                            kReferenceCharsMax));
  if (message.subject.size() > kSubjectBytesMax)
    return fail(ErrorKind::invalid_input, fmt::format("the subject has at most {} bytes, this one has {}",
                                                      kSubjectBytesMax, message.subject.size()));
  return {};
}

// Derived from the reference, so that a retry is the same message; "=_" cannot occur in quoted-printable
// (RFC 2045 section 6.7), so no body line can equal it.
std::string boundary_of(const ports::EmailMessage& message) {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> digest;
  const std::string& key = message.message_reference;
  crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                     nullptr, 0);
  return "=_" + to_hex(BytesView(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

void append_part(std::string& out, std::string_view type, std::string_view text) {
  out.append("Content-Type: ").append(type).append("; charset=utf-8\r\n");
  out.append("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
  out += quoted_printable(text);
}

Result<std::string> write_headers(const ports::EmailMessage& message) {
  POSTROOM_TRY(from, wire_address(message.from_address, "sender"));
  POSTROOM_TRY(to, wire_address(message.to, "recipient"));
  auto line = [](std::string_view name, const std::string& value) {
    return std::string(name) + ": " + value + "\r\n";
  };
  std::string out;
  out += line("Date", format_email_date(message.date));
  out += line("From", mailbox(message.from_name, from, 6));
  out += line("To", to);
  if (!message.reply_to.empty()) {
    POSTROOM_TRY(reply_to, wire_address(message.reply_to, "reply-to"));
    out += line("Reply-To", reply_to);
  }
  out += line("Subject", encode_header_text(header_text(message.subject), 9));
  out += line("Message-ID", "<" + message.message_reference + from.substr(from.find('@')) + ">");
  if (!message.list_unsubscribe_url.empty()) {
    out += line("List-Unsubscribe", "<" + message.list_unsubscribe_url + ">");
    out += line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  }
  // RFC 3834: keeps vacation replies away.
  out += line("Auto-Submitted", "auto-generated");
  out += line("MIME-Version", "1.0");
  return out;
}

}  // namespace

Result<std::string> wire_address(std::string_view address, std::string_view role) {
  std::size_t at = address.rfind('@');
  std::string wire(address);
  bool ascii_domain = at == std::string_view::npos || std::all_of(address.begin() + static_cast<std::ptrdiff_t>(at),
                                                                  address.end(), is_printable_ascii);
  if (!ascii_domain) wire = wire.substr(0, at + 1) + ascii_domain_of(address.substr(at + 1));
  if (is_wire_address(wire)) return wire;
  return fail(
      ErrorKind::invalid_input,
      fmt::format(
          "the {} address cannot be sent by SMTP: it needs one @, a valid domain, no blanks, brackets or commas, "
          "and at most {} bytes",
          role, kAddressBytesMax));
}

bool is_wire_address(std::string_view address) {
  std::size_t at = address.find('@');
  if (address.size() > kAddressBytesMax || at == 0 || at == std::string_view::npos || at + 1 == address.size())
    return false;
  if (address.find('@', at + 1) != std::string_view::npos || !is_valid_utf8(address)) return false;
  bool clean = std::none_of(address.begin(), address.end(), [](char c) {
    return is_control(c) || std::string_view(" <>()[],;:\\\"").find(c) != std::string_view::npos;
  });
  std::string_view domain = address.substr(at + 1);
  return clean && std::all_of(domain.begin(), domain.end(), is_printable_ascii);
}

std::string_view domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

std::string quoted_printable(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 8 + 8);
  std::size_t column = 0;
  auto put = [&](std::string_view token) {
    // One place is kept for the "=" of a soft break.
    if (column + token.size() > kMimeLineCharsMax - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += token;
    column += token.size();
  };
  auto ends_line = [&](std::size_t i) { return i == text.size() || text[i] == '\n' || text[i] == '\r'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      out += "\r\n";
      column = 0;
      continue;
    }
    bool blank_at_end = (c == ' ' || c == '\t') && ends_line(i + 1);
    // Relays have been seen to mangle lines that begin with "From ".
    bool from_line = c == 'F' && column == 0 && text.substr(i, 5) == "From ";
    bool literal = (is_printable_ascii(c) && c != '=') || c == '\t';
    if (literal && !blank_at_end && !from_line) {
      put(std::string_view(&c, 1));
    } else {
      auto byte = static_cast<unsigned char>(c);
      const char escaped[3] = {'=', kHex[byte >> 4], kHex[byte & 15]};
      put(std::string_view(escaped, 3));
    }
  }
  if (column > 0 || out.empty()) out += "\r\n";
  return out;
}

std::string encode_header_text(std::string_view text, std::size_t column) {
  bool ascii =
      std::all_of(text.begin(), text.end(), is_printable_ascii) && text.find("=?") == std::string_view::npos;
  if (ascii && column + text.size() <= kMimeLineCharsMax) return std::string(text);
  constexpr std::string_view kStart = "=?UTF-8?B?";
  constexpr std::string_view kEnd = "?=";
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    // Base64 makes four characters of three bytes; no code point may be cut (RFC 2047 section 5).
    std::size_t line_room = std::min(kEncodedWordCharsMax, kMimeLineCharsMax - column);
    std::size_t bytes_max =
        line_room < kStart.size() + kEnd.size() + 8 ? 3 : (line_room - kStart.size() - kEnd.size()) / 4 * 3;
    std::size_t end = i;
    while (end < text.size()) {
      std::size_t next = end;
      next_code_point(text, next);
      if (next - i > bytes_max && end > i) break;
      end = next;
    }
    if (i > 0) out += "\r\n ";
    out.append(kStart).append(to_base64(text.substr(i, end - i))).append(kEnd);
    i = end;
    column = 1;
  }
  return out;
}

std::string format_email_date(UtcTime time) {
  static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date{day};
  std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", kDays.at(std::chrono::weekday{day}.c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

Result<std::string> write_mime(const ports::EmailMessage& message) {
  POSTROOM_CHECK(check(message));
  std::string text = valid_utf8(message.text_body);
  POSTROOM_TRY(out, write_headers(message));
  out.reserve(out.size() + (text.size() + message.html_body.size()) * 5 / 4 + 512);
  if (message.html_body.empty()) {
    append_part(out, "text/plain", text);
    return out;
  }
  std::string boundary = boundary_of(message);
  out += "Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n";
  // The last part is the one a client prefers (RFC 2046 section 5.1.4).
  out += "--" + boundary + "\r\n";
  append_part(out, "text/plain", text);
  out += "\r\n--" + boundary + "\r\n";
  append_part(out, "text/html", valid_utf8(message.html_body));
  out += "\r\n--" + boundary + "--\r\n";
  return out;
}

}  // namespace postroom::smtp
