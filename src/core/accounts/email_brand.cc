#include "core/accounts/email_brand.h"

#include <fmt/format.h>

#include "base/colour.h"
#include "base/text.h"
#include "base/web_url.h"

namespace postroom::accounts {
namespace {

Result<void> invalid(std::string message) { return fail(ErrorKind::invalid_input, std::move(message)); }

Result<void> check_text(std::string_view field, std::string_view text) {
  if (text.size() > kBrandTextBytesMax)
    return invalid(fmt::format("{} has {} bytes, at most {}", field, text.size(), kBrandTextBytesMax));
  if (!is_valid_utf8(text) || text.find_first_of("\r\n") != std::string_view::npos)
    return invalid(fmt::format("{} must be one line of UTF-8 text", field));
  return {};
}

Result<void> check_combination(const EmailBrand& brand) {
  const bool has_name = !brand.name.empty();
  const bool has_logo = !brand.logo_url.empty();
  if (brand.layout == EmailLayout::platform) {
    if (brand == EmailBrand{}) return {};
    return invalid(
        "layout 'platform' shows nothing of the service: choose both, brand or brand_banner, or leave out "
        "name, alt text, logo and colour");
  }
  if (brand.layout == EmailLayout::brand_banner) {
    if (!has_name && !has_logo) return invalid("a banner needs a name or a logo: give one of them");
  } else if (!has_logo) {
    return invalid(fmt::format("layout '{}' shows a logo: give the URL of one, or choose brand_banner",
                               to_string(brand.layout)));
  }
  if (has_name && !brand.alt_text.empty())
    return invalid("give either a name or an alt text: with both, readers of the screen hear it twice");
  if (has_logo && !has_name && brand.alt_text.empty())
    return invalid("a logo alone says nothing to who does not see it: give a name or an alt text");
  return {};
}

}  // namespace

std::string_view to_string(EmailLayout layout) {
  switch (layout) {
    case EmailLayout::platform: return "platform";
    case EmailLayout::both: return "both";
    case EmailLayout::brand: return "brand";
    case EmailLayout::brand_banner: return "brand_banner";
  }
  return "";
}

std::optional<EmailLayout> parse_email_layout(std::string_view text) {
  for (EmailLayout layout :
       {EmailLayout::platform, EmailLayout::both, EmailLayout::brand, EmailLayout::brand_banner}) {
    if (to_string(layout) == text) return layout;
  }
  return std::nullopt;
}

Result<void> check(const EmailBrand& brand) {
  POSTROOM_CHECK(check_text("name", brand.name));
  POSTROOM_CHECK(check_text("alt text", brand.alt_text));
  if (!brand.logo_url.empty() && !is_web_url(brand.logo_url)) {
    return invalid(fmt::format("logo '{}' must be an https:// or http:// URL of at most {} ASCII characters",
                               brand.logo_url, kWebUrlCharactersMax));
  }
  if (!brand.colour.empty() && !is_colour(brand.colour))
    return invalid(fmt::format("colour '{}' must be # and six hexadecimal digits, such as #0b5c6b", brand.colour));
  return check_combination(brand);
}

json::object to_json(const EmailBrand& brand) {
  return {{"layout", to_string(brand.layout)},
          {"name", brand.name},
          {"alt_text", brand.alt_text},
          {"logo_url", brand.logo_url},
          {"colour", brand.colour}};
}

EmailBrand email_brand_from_json(const json::object& document) {
  auto text = [&](std::string_view key) { return get_string(document, key).value_or(""); };
  return {.layout = parse_email_layout(text("layout")).value_or(EmailLayout::platform),
          .name = text("name"),
          .alt_text = text("alt_text"),
          .logo_url = text("logo_url"),
          .colour = text("colour")};
}

}  // namespace postroom::accounts
