#include "core/recipients/email_address.h"

#include <algorithm>

#include "base/text.h"
#include "core/recipients/plain_text.h"
#include "core/recipients/unicode_data.h"

namespace postroom::recipients {
namespace {

constexpr std::size_t kLastLabelMin = 2;

bool is_local_character(char c) {
  return is_ascii_alnum(c) || std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

bool is_ascii_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Letters and digits in groups that one or two hyphens join.
bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kDomainLabelMax) return false;
  std::size_t hyphens = 2;  // as if after two: none may lead
  bool first = true;
  for (char c : label) {
    if (is_ascii_alnum(c)) {
      hyphens = 0;
    } else if (c != '-' || first || ++hyphens > 2) {
      return false;
    }
    first = false;
  }
  return hyphens == 0;
}

bool is_last_label(std::string_view label) {
  if (label.size() < kLastLabelMin || label.size() > kDomainLabelMax) return false;
  if (std::all_of(label.begin(), label.end(), is_ascii_alpha)) return true;
  // Punycode of an international top-level domain.
  if (label.size() < 5 || !equals_ignoring_case(label.substr(0, 4), "xn--")) return false;
  return is_ascii_alnum(label.back());
}

bool is_domain(std::string_view ascii) {
  if (ascii.size() > kEmailDomainMax) return false;
  std::size_t labels = 0;
  for (std::size_t start = 0;; ++labels) {
    std::size_t dot = ascii.find('.', start);
    std::string_view label = ascii.substr(start, dot == std::string_view::npos ? dot : dot - start);
    if (!is_label(label)) return false;
    if (dot == std::string_view::npos) return labels >= 1 && is_last_label(label);
    start = dot + 1;
  }
}

bool is_address(std::string_view text) {
  std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  std::string_view local = text.substr(0, at);
  std::string_view domain = text.substr(at + 1);
  if (!std::all_of(local.begin(), local.end(), is_local_character)) return false;
  if (local.find("..") != std::string_view::npos || domain.find("..") != std::string_view::npos) return false;
  if (text.size() > kEmailCharactersMax && count_code_points(text) > kEmailCharactersMax) return false;
  if (is_ascii_text(domain)) return is_domain(domain);
  if (domain.front() == '.' || domain.find('@') != std::string_view::npos || !is_valid_utf8(domain)) return false;
  for (std::size_t position = 0; position < domain.size();) {
    if (is_unicode_space(next_code_point(domain, position))) return false;
  }
  auto ascii = domain_to_ascii(domain);
  return ascii && is_domain(*ascii);
}

}  // namespace

Result<EmailAddress> EmailAddress::parse(std::string_view input) {
  EmailAddress address;
  address.text_ = strip_obscure(input);
  if (!is_address(address.text_)) return fail(ErrorKind::invalid_input, "is not a valid email address");
  address.normalised_ = lower_unicode(address.text_);
  return address;
}

std::string normalise_email_text(std::string_view input) { return strip_obscure(lower_unicode(input)); }

}  // namespace postroom::recipients
