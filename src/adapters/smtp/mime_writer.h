// The text of an email as it goes over the wire (RFC 5322, 2045, 2046, 2047, 8058). Pure: the same message
// gives the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/mailer.h"

namespace postroom::smtp {

constexpr std::size_t kMimeLineCharsMax = 76;
constexpr std::size_t kAddressBytesMax = 254;  // RFC 5321 section 4.5.3.1.3, without the angle brackets
constexpr std::size_t kSubjectBytesMax = 8 * 1024;

// Headers and body with CRLF line ends, not dot-stuffed. Line breaks and other control characters in names and
// subjects become blanks. Invalid UTF-8 becomes U+FFFD. invalid_input when an address, the unsubscribe URL or
// the reference cannot stand in a header, naming which; never showing the address.
Result<std::string> write_mime(const ports::EmailMessage& message);

// RFC 2045 section 6.7 for text: CRLF line ends whatever came in, lines of at most 76 characters, a final CRLF.
std::string quoted_printable(std::string_view text);
// RFC 2047: `text` as it is when printable ASCII, otherwise as encoded words of at most 75 characters, folded.
// `column` is where the header's value begins in its line.
std::string encode_header_text(std::string_view text, std::size_t column);
// RFC 5322 section 3.3, in UTC: "Mon, 02 Mar 2026 09:15:00 +0000".
std::string format_email_date(UtcTime time);

// The address with its domain in ASCII (UTS 46), as it goes into SMTP commands and headers. invalid_input names
// `role` ("recipient") and never shows the address.
Result<std::string> wire_address(std::string_view address, std::string_view role);
// Whether it can stand between angle brackets: one @, no control characters, blanks, brackets, quotes or
// commas, a domain in ASCII, at most 254 bytes. Looser than what an address for a recipient must be.
bool is_wire_address(std::string_view address);

// What follows the last @; empty without one.
std::string_view domain_of(std::string_view address);

}  // namespace postroom::smtp
