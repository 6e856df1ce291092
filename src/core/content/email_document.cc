#include "core/content/email_document.h"

#include "base/text.h"

namespace postroom::content {
namespace {

constexpr std::string_view kFont = "font-family: Helvetica, Arial, sans-serif;";
constexpr std::string_view kDefaultBannerColour = "#1b1f24";
constexpr int kLogoHeightWithText = 27;
constexpr int kLogoHeightAlone = 54;

void append_head(std::string& out, const std::string& title) {
  out +=
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"format-detection\" content=\"telephone=no\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>";
  out += title;
  out +=
      "</title>\n<style>\n@media print { .banner-text { color: #000000 !important; } }\n</style>\n"
      // Desktop Outlook sets type with Word's engine and needs to be told a font it knows.
      "<!--[if gte mso 9]><style>li { margin-left: 4px !important; } table td { font-family: Arial, sans-serif; }"
      "</style><![endif]-->\n</head>\n";
}

void append_logo(std::string& out, const EmailBrand& brand) {
  bool with_text = !brand.name.empty();
  out.append("<img src=\"").append(escape_html(brand.logo_url)).append("\" height=\"");
  out += std::to_string(with_text ? kLogoHeightWithText : kLogoHeightAlone);
  if (with_text) {
    out += "\" alt=\"\" aria-hidden=\"true\"";
  } else {
    out.append("\" alt=\"").append(escape_html(brand.alt_text)).append("\"");
  }
  out += " style=\"display: block; border: 0;\">";
}

void open_bar(std::string& out, std::string_view colour) {
  out +=
      "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"border-collapse: "
      "collapse; width: 100%;\"><tr><td bgcolor=\"";
  out.append(escape_html(colour)).append("\" height=\"60\" style=\"height: 60px; padding: 0 10px; background: ");
  out.append(escape_html(colour)).append(";\">");
}

void append_banner_text(std::string& out, std::string_view text) {
  out.append("<span class=\"banner-text\" style=\"").append(kFont);
  out.append(" font-size: 19px; font-weight: bold; color: #ffffff;\">").append(escape_html(text)).append("</span>");
}

void append_platform_banner(std::string& out, const EmailBrand& brand) {
  open_bar(out, brand.platform_colour);
  if (!brand.platform_url.empty()) {
    out.append("<a href=\"").append(escape_html(brand.platform_url)).append("\" style=\"text-decoration: none;\">");
  }
  append_banner_text(out, brand.platform_name);
  if (!brand.platform_url.empty()) out += "</a>";
  out += "</td></tr></table>\n";
}

void append_brand_banner(std::string& out, const EmailBrand& brand) {
  open_bar(out, brand.colour.empty() ? kDefaultBannerColour : std::string_view(brand.colour));
  if (!brand.logo_url.empty()) append_logo(out, brand);
  if (!brand.name.empty()) append_banner_text(out, brand.name);
  out += "</td></tr></table>\n";
}

// Logo, a line in the brand's colour, text. A brand without a logo shows nothing here.
void append_brand_block(std::string& out, const EmailBrand& brand) {
  if (brand.logo_url.empty()) return;
  out +=
      "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin: 20px auto 0 auto; width: "
      "100%; max-width: 580px;\"><tr><td style=\"padding: 0 10px;";
  if (!brand.colour.empty()) out.append(" border-left: 2px solid ").append(escape_html(brand.colour)).append(";");
  out += "\">";
  append_logo(out, brand);
  if (!brand.name.empty()) {
    out.append("<span style=\"").append(kFont).append(" font-size: 19px; color: #1b1f24;\">");
    out.append(escape_html(brand.name)).append("</span>");
  }
  out += "</td></tr></table>\n";
}

void append_header(std::string& out, const EmailBrand& brand) {
  using Layout = EmailBrand::Layout;
  if (brand.layout == Layout::platform || brand.layout == Layout::both) append_platform_banner(out, brand);
  if (brand.layout == Layout::brand_banner) append_brand_banner(out, brand);
  if (brand.layout == Layout::both || brand.layout == Layout::brand) append_brand_block(out, brand);
}

}  // namespace

std::string email_document(const EmailParts& parts, const EmailBrand& brand) {
  std::string out;
  out.reserve(parts.fragment.size() + 4096);
  if (parts.complete) {
    append_head(out, parts.subject_html);
    out.append("<body style=\"").append(kFont).append(" font-size: 16px; margin: 0; color: #1b1f24;\">\n");
  }
  out += "<span style=\"display: none; font-size: 1px; color: #ffffff; max-height: 0;\">";
  out.append(parts.preheader_html).append("…</span>\n");
  append_header(out, brand);
  out +=
      "<table role=\"presentation\" align=\"center\" cellpadding=\"0\" cellspacing=\"0\" style=\"max-width: 580px; "
      "width: 100%;\"><tr><td height=\"30\"></td></tr><tr><td style=\"padding: 0 10px; ";
  out.append(kFont).append(" font-size: 19px; line-height: 1.3158;\">\n");
  out += parts.fragment;
  out += "\n</td></tr><tr><td height=\"30\"></td></tr></table>\n";
  if (parts.complete) out += "</body>\n</html>\n";
  return out;
}

}  // namespace postroom::content
