// E-mail addresses that messages go to. Stricter than RFC 5322 where senders are: no quoted local parts, no
// comments, no IP literals, ASCII local part; domains may be international (IDNA 2003).
// All functions are pure and thread-safe; an ASCII address costs well under a microsecond.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace postroom::recipients {

inline constexpr std::size_t kEmailCharactersMax = 320;
inline constexpr std::size_t kEmailDomainMax = 253;  // in ASCII form
inline constexpr std::size_t kDomainLabelMax = 63;

class EmailAddress {
 public:
  // Removes zero-width and no-break blanks anywhere and white space around, then checks. invalid_input, one
  // message for all faults: "is not a valid email address".
  static Result<EmailAddress> parse(std::string_view input);

  // As the caller wrote it (case and international domain kept), without the removed blanks.
  const std::string& text() const { return text_; }
  // Lower case: compared, stored for searching, and handed to the provider.
  const std::string& normalised() const { return normalised_; }

  friend bool operator==(const EmailAddress& a, const EmailAddress& b) { return a.normalised_ == b.normalised_; }

 private:
  EmailAddress() = default;
  std::string text_;
  std::string normalised_;
};

// The normalised form of any text, without checking it: for searching by recipient.
std::string normalise_email_text(std::string_view input);

}  // namespace postroom::recipients
