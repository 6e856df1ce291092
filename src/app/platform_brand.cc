#include "app/platform_brand.h"

#include <fmt/format.h>

#include "base/colour.h"
#include "base/text.h"
#include "base/web_url.h"

namespace postroom::app {
namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kFooterBytesMax = 2'000;

Result<void> invalid(std::string_view setting, std::string_view value, std::string_view rule) {
  return fail(ErrorKind::invalid_input, fmt::format("setting '{}' is '{}', but must be {}", setting, value, rule));
}

Result<void> check_url(const Settings& settings, std::string_view setting) {
  const std::string& url = settings.text(setting);
  if (url.empty() || is_web_url(url)) return {};
  return invalid(
      setting, url,
      fmt::format("empty or an https:// or http:// URL of at most {} ASCII characters", kWebUrlCharactersMax));
}

}  // namespace

Result<content::EmailBrand> platform_brand(const Settings& settings) {
  const std::string& name = settings.text("brand.name");
  if (trim(name).empty() || name.size() > kNameBytesMax || !is_valid_utf8(name) ||
      name.find_first_of("\r\n") != std::string::npos) {
    POSTROOM_CHECK(invalid("brand.name", name, fmt::format("one line of 1 to {} bytes", kNameBytesMax)));
  }
  const std::string& colour = settings.text("brand.colour");
  if (!is_colour(colour))
    POSTROOM_CHECK(invalid("brand.colour", colour, "# and six hexadecimal digits, such as #0b5c6b"));
  POSTROOM_CHECK(check_url(settings, "brand.url"));
  POSTROOM_CHECK(check_url(settings, "brand.logo_url"));
  const std::string& footer = settings.text("brand.footer");
  if (footer.size() > kFooterBytesMax || !is_valid_utf8(footer)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("setting 'brand.footer' has {} bytes, but must be UTF-8 text of at most {}",
                            footer.size(), kFooterBytesMax));
  }
  return content::EmailBrand{.platform_banner = settings.flag("brand.banner"),
                             .platform_name = std::string(trim(name)),
                             .platform_url = settings.text("brand.url"),
                             .platform_colour = colour,
                             .platform_logo_url = settings.text("brand.logo_url"),
                             .footer_text = std::string(trim(footer))};
}

}  // namespace postroom::app
