// How a service's emails differ from the platform's own look.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace postroom::accounts {

inline constexpr std::size_t kBrandTextBytesMax = 200;

enum class EmailLayout {
  platform,      // the platform's banner alone
  both,          // the platform's banner, then the service's logo
  brand,         // the service's logo alone
  brand_banner,  // a banner of the service's colour with its name or logo
};
std::string_view to_string(EmailLayout layout);
std::optional<EmailLayout> parse_email_layout(std::string_view text);

// The standard one is the platform's look.
struct EmailBrand {
  EmailLayout layout = EmailLayout::platform;
  std::string name;      // shown beside the logo; empty: none
  std::string alt_text;  // what a logo without a name says to who does not see it
  std::string logo_url;  // empty: none
  std::string colour;    // "#rrggbb"; empty: none

  friend bool operator==(const EmailBrand&, const EmailBrand&) = default;
};

// invalid_input names the field, what is allowed and what to give: a layout with a logo needs one, a logo needs
// either a name beside it or a text for who does not see it, a banner needs a name or a logo.
Result<void> check(const EmailBrand& brand);

json::object to_json(const EmailBrand& brand);
// Absent members get the default; an unknown layout is that of the platform.
EmailBrand email_brand_from_json(const json::object& document);

}  // namespace postroom::accounts
