// Laid out with tables, since desktop Outlook knows nothing else; every table says that it is none to a reader. The
// bars are as wide as the window, all else stands in one column.
#include "core/content/email_document.h"

#include "base/colour.h"
#include "base/text.h"
#include "core/content/email_style.h"

namespace postroom::content {
namespace {

using email_style::kFont;
using email_style::kLight;

constexpr int kLogoHeightWithText = 27;
constexpr int kLogoHeightAlone = 54;
constexpr std::string_view kTable = "<table role=\"presentation\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\"";

class DocumentWriter {
 public:
  DocumentWriter(const EmailParts& parts, const EmailBrand& brand) : parts_(parts), brand_(brand) {
    out_.reserve(parts.fragment.size() + parts.preheader_html.size() + 8192);
  }

  std::string write() {
    if (parts_.complete) head();
    preheader();
    // Many programs drop the html element, and language and direction with it.
    put("<div role=\"article\" aria-roledescription=\"email\" lang=\"en\" dir=\"", direction(), "\">\n", kTable,
        " width=\"100%\" class=\"pr-page\" bgcolor=\"", kLight.page,
        "\" style=\"width: 100%; background-color: ", kLight.page, ";\">\n");
    header();
    main();
    footer();
    put("</table>\n</div>\n");
    if (parts_.complete) put("</body>\n</html>\n");
    return std::move(out_);
  }

 private:
  template <typename... Pieces>
  void put(const Pieces&... pieces) {
    (out_.append(pieces), ...);
  }
  std::string_view direction() const { return parts_.right_to_left ? "rtl" : "ltr"; }
  std::string_view begin_side() const { return parts_.right_to_left ? "right" : "left"; }

  void head() {
    put("<!DOCTYPE html>\n<html lang=\"en\" dir=\"", direction(),
        "\" xmlns:o=\"urn:schemas-microsoft-com:office:office\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"format-detection\" content=\"telephone=no\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>",
        parts_.subject_html, "</title>\n<style>\n", email_style::kSheet, "</style>\n", email_style::kOutlookHead,
        "</head>\n<body class=\"pr-page\" style=\"margin: 0; padding: 0; ", kFont,
        " font-size: 16px; color: ", kLight.text, "; background-color: ", kLight.page,
        "; -webkit-text-size-adjust: 100%;\">\n");
  }

  void preheader() {
    put("<span aria-hidden=\"true\" style=\"display: none; font-size: 1px; line-height: 1px; max-height: 0; "
        "max-width: 0; opacity: 0; overflow: hidden; mso-hide: all; color: #ffffff;\">",
        parts_.preheader_html, "…</span>\n");
  }

  // One column in the middle. Desktop Outlook knows no max-width and gets a table of that width around it.
  void open_column() {
    put("<!--[if mso]>", kTable, " width=\"580\" align=\"center\"><tr><td><![endif]-->\n", kTable,
        " width=\"100%\" align=\"center\" class=\"pr-fluid\" style=\"width: 100%; max-width: 580px; margin: 0 "
        "auto; "
        "table-layout: fixed;\"><tr><td ");
  }
  void close_column() { put("</td></tr></table>\n<!--[if mso]></td></tr></table><![endif]-->\n"); }

  void header() {
    using Layout = EmailBrand::Layout;
    bool with_platform = brand_.layout == Layout::platform || brand_.layout == Layout::both;
    if (with_platform && brand_.platform_banner) platform_banner();
    if (brand_.layout == Layout::brand_banner) brand_banner();
    if (brand_.layout == Layout::both || brand_.layout == Layout::brand) brand_block();
  }

  void open_bar(std::string_view colour) {
    const std::string safe = escape_html(colour);
    put("<tr><td class=\"pr-bar\" bgcolor=\"", safe, "\" style=\"background-color: ", safe, ";\">\n");
    open_column();
    put("align=\"", begin_side(), "\" height=\"60\" valign=\"middle\" style=\"height: 60px; padding: 0 10px; ",
        kFont, "\">\n");
  }
  void close_bar() {
    close_column();
    put("</td></tr>\n");
  }

  void bar_text(std::string_view text, std::string_view background) {
    put("<span class=\"pr-bar-text\" style=\"", kFont, " font-size: 19px; line-height: 25px; font-weight: bold; ",
        "color: ", text_colour_on(background), "; word-break: break-word;\">", escape_html(text), "</span>");
  }

  void platform_banner() {
    open_bar(brand_.platform_colour);
    if (!brand_.platform_url.empty()) {
      put("<a href=\"", escape_html(brand_.platform_url),
          "\" style=\"text-decoration: none; color: ", text_colour_on(brand_.platform_colour), ";\">");
    }
    logo_beside_text(brand_.platform_logo_url, brand_.platform_name, "");
    bar_text(brand_.platform_name, brand_.platform_colour);
    if (!brand_.platform_url.empty()) put("</a>");
    close_bar();
  }

  void brand_banner() {
    std::string_view colour = brand_.colour.empty() ? email_style::kBannerColour : std::string_view(brand_.colour);
    open_bar(colour);
    logo_beside_text(brand_.logo_url, brand_.name, brand_.alt_text);
    if (!brand_.name.empty()) bar_text(brand_.name, colour);
    close_bar();
  }

  void logo_beside_text(std::string_view url, std::string_view text, std::string_view alt) {
    if (url.empty()) return;
    std::string_view margin = parts_.right_to_left ? "margin: 3px 0 3px 10px;" : "margin: 3px 10px 3px 0;";
    logo(url, text, alt, text.empty() ? "display: block; margin: 3px 0;" : "vertical-align: middle; ",
         text.empty() ? "" : margin);
  }

  // The height stands in an attribute for desktop Outlook; the style lets a wide logo shrink on a small screen.
  void logo(std::string_view url, std::string_view text, std::string_view alt, std::string_view style,
            std::string_view margin) {
    const std::string height = std::to_string(text.empty() ? kLogoHeightAlone : kLogoHeightWithText);
    put("<img src=\"", escape_html(url), "\" height=\"", height, "\"");
    if (text.empty()) {
      put(" alt=\"", escape_html(alt), "\"");
    } else {
      put(" alt=\"\" aria-hidden=\"true\"");
    }
    put(" style=\"border: 0; height: auto; max-height: ", height, "px; width: auto; max-width: 100%; ", style,
        margin, "\">");
  }

  // Logo, a line in the brand's colour at their side, text below. A brand without a logo shows nothing here.
  void brand_block() {
    if (brand_.logo_url.empty()) return;
    put("<tr><td>\n");
    open_column();
    put("align=\"", begin_side(), "\" style=\"padding: 30px 10px 0 10px;\">\n", kTable, " bgcolor=\"", kLight.page,
        "\" style=\"background-color: ", kLight.page, "; border-radius: 4px;\"><tr><td class=\"pr-plate\">\n",
        kTable, " style=\"border-collapse: collapse;\"><tr>");
    open_brand_cell();
    // Programs that invert colours leave pictures alone, gradients too: the logo keeps its white paper.
    put("background-image: linear-gradient(", kLight.page, ",", kLight.page, ");\">\n");
    logo(brand_.logo_url, brand_.name, brand_.alt_text, "display: block;", "");
    put("</td></tr>");
    if (!brand_.name.empty()) {
      put("\n<tr>");
      open_brand_cell();
      put("padding-top: 5px; ", kFont, " font-size: 19px; line-height: 25px; color: ", kLight.text,
          "; background-color: ", kLight.page, "; word-break: break-word;\"><span>", escape_html(brand_.name),
          "</span></td></tr>");
    }
    put("</table>\n</td></tr></table>\n");
    close_column();
    put("</td></tr>\n");
  }
  // Its style stays open.
  void open_brand_cell() {
    put("<td align=\"", begin_side(), "\" style=\"");
    if (brand_.colour.empty()) return;
    put("border-", begin_side(), ": 2px solid ", escape_html(brand_.colour), "; padding-", begin_side(),
        ": 10px; ");
  }

  void main() {
    put("<tr><td height=\"30\" style=\"height: 30px; font-size: 1px; line-height: 1px;\">&nbsp;</td></tr>\n"
        "<tr><td>\n");
    open_column();
    // No align here: each paragraph's own direction says on which side it begins.
    put("class=\"pr-main\" dir=\"", direction(), "\" style=\"padding: 0 10px; ", kFont,
        " font-size: 19px; line-height: 1.3158; color: ", kLight.text,
        "; word-wrap: break-word; word-break: "
        "break-word;\">\n",
        parts_.fragment, "\n");
    close_column();
    put("</td></tr>\n"
        "<tr><td height=\"30\" style=\"height: 30px; font-size: 1px; line-height: 1px;\">&nbsp;</td></tr>\n");
  }

  void footer() {
    if (brand_.footer_text.empty()) return;
    put("<tr><td>\n");
    open_column();
    put("style=\"padding: 0 10px 30px 10px;\">\n", kTable,
        " width=\"100%\" style=\"width: 100%; table-layout: "
        "fixed;\"><tr><td align=\"",
        begin_side(), "\" class=\"pr-foot\" style=\"border-top: 1px solid ", kLight.line, "; padding: 15px 0 0 0; ",
        kFont, " font-size: 16px; line-height: 22px; color: ", kLight.soft_text,
        "; word-wrap: break-word; word-break: break-word;\">",
        replace_all(escape_html(brand_.footer_text), "\n", "<br>"), "</td></tr></table>\n");
    close_column();
    put("</td></tr>\n");
  }

  const EmailParts& parts_;
  const EmailBrand& brand_;
  std::string out_;
};

}  // namespace

std::string email_document(const EmailParts& parts, const EmailBrand& brand) {
  return DocumentWriter(parts, brand).write();
}

std::string plain_footer(const EmailBrand& brand) {
  return brand.footer_text.empty() ? "" : "\n--\n" + brand.footer_text + "\n";
}

}  // namespace postroom::content
