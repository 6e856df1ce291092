// Varied: layouts, logos, names, colours, direction and hostile brand texts. What is shown must be what the layout
// says, escaped, readable in light and dark, and hold where style sheets are dropped.
#include "core/content/email_document.h"

#include <gtest/gtest.h>

#include "base/colour.h"
#include "base/text.h"
#include "core/content/email_direction.h"
#include "core/content/email_style.h"

namespace postroom::content {
namespace {

using Layout = EmailBrand::Layout;

constexpr Layout kLayouts[] = {Layout::platform, Layout::both, Layout::brand, Layout::brand_banner};

EmailBrand harbour(Layout layout) {
  return {.layout = layout,
          .platform_name = "Platform",
          .platform_url = "https://platform.example/",
          .footer_text = "Town Hall\nHigh Street",
          .name = "Harbour",
          .logo_url = "https://logo.example/a.png",
          .colour = "#ffdd00"};
}
std::string rendered(const EmailBrand& brand, const std::string& content = "# Hello\n\nDear all,\n\n* a\n\n^ b") {
  return EmailTemplate("Subject", content).render_html({}, brand);
}
bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }
int count(std::string_view text, std::string_view part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(EmailDocument, EachLayoutShowsItsBanners) {
  struct Case {
    Layout layout;
    bool platform, bar_of_brand, logo, name;
  };
  const Case cases[] = {{Layout::platform, true, false, false, false},
                        {Layout::both, true, false, true, true},
                        {Layout::brand, false, false, true, true},
                        {Layout::brand_banner, false, true, true, true}};
  for (const Case& c : cases) {
    std::string html = rendered(harbour(c.layout));
    EXPECT_EQ(has(html, ">Platform</span>"), c.platform);
    EXPECT_EQ(has(html, "href=\"https://platform.example/\""), c.platform);
    EXPECT_EQ(has(html, "class=\"pr-bar\" bgcolor=\"#ffdd00\""), c.bar_of_brand);
    EXPECT_EQ(has(html, "https://logo.example/a.png"), c.logo);
    EXPECT_EQ(has(html, ">Harbour</span>"), c.name);
    EXPECT_TRUE(has(html, "Town Hall<br>High Street"));
  }
}

TEST(EmailDocument, ABlockWithoutALogoShowsNothing) {
  EmailBrand brand = harbour(Layout::brand);
  brand.logo_url.clear();
  EXPECT_FALSE(has(rendered(brand), "Harbour"));
  brand.layout = Layout::brand_banner;
  EXPECT_TRUE(has(rendered(brand), "Harbour"));
}

TEST(EmailDocument, ThePlatformsBannerCanBeLeftOut) {
  EmailBrand brand = harbour(Layout::both);
  brand.platform_banner = false;
  std::string html = rendered(brand);
  EXPECT_FALSE(has(html, "Platform"));
  EXPECT_TRUE(has(html, "Harbour"));
  brand.footer_text.clear();
  EXPECT_FALSE(has(rendered(brand), "class=\"pr-foot\""));
}

TEST(EmailDocument, LogosAreSilentBesideTheirNameOnly) {
  EmailBrand brand = harbour(Layout::brand);
  EXPECT_TRUE(has(rendered(brand), "height=\"27\" alt=\"\" aria-hidden=\"true\""));
  brand.name.clear();
  brand.alt_text = "The \"Harbour\"";
  for (Layout layout : {Layout::both, Layout::brand, Layout::brand_banner}) {
    brand.layout = layout;
    EXPECT_TRUE(has(rendered(brand), "height=\"54\" alt=\"The &quot;Harbour&quot;\""));
  }
}

TEST(EmailDocument, EverythingOfABrandIsEscaped) {
  const std::string evil = "\"><script>alert(1)</script>'&";
  for (Layout layout : kLayouts) {
    EmailBrand brand{.layout = layout,
                     .platform_name = evil,
                     .platform_url = evil,
                     .platform_colour = evil,
                     .platform_logo_url = evil,
                     .footer_text = evil,
                     .name = evil,
                     .alt_text = evil,
                     .logo_url = evil,
                     .colour = evil};
    for (bool with_name : {true, false}) {
      if (!with_name) brand.name.clear();
      std::string html = rendered(brand);
      EXPECT_FALSE(has(html, "<script"));
      EXPECT_FALSE(has(html, "\">&lt;script&gt;alert(1)&lt;/script&gt;'"));
      EXPECT_TRUE(has(html, "&quot;&gt;&lt;script&gt;"));
      // The tags are the same whatever the texts are.
      brand.platform_name = brand.footer_text = "x";
      EXPECT_EQ(count(html, "<"), count(rendered(brand), "<"));
      brand.platform_name = brand.footer_text = evil;
    }
  }
}

TEST(EmailDocument, HoldsWhereStyleSheetsAreDropped) {
  for (Layout layout : kLayouts) {
    std::string html = rendered(harbour(layout));
    EXPECT_EQ(count(html, "<table"), count(html, "<table role=\"presentation\""));
    EXPECT_EQ(count(html, "<table"), count(html, "</table>"));
    EXPECT_EQ(count(html, "<tr>"), count(html, "</tr>"));
    EXPECT_EQ(count(html, "<td"), count(html, "</td>"));
    EXPECT_EQ(count(html, "<!--[if mso]>"), count(html, "<![endif]-->"));
    EXPECT_EQ(count(html, "<h1"), 0);
    for (const char* part : {"<h2 style=\"", "<p style=\"", "<li style=\"", "<blockquote style=\""})
      EXPECT_TRUE(has(html, part)) << part;
    // Fluid up to 580 pixels, of fixed width for desktop Outlook.
    EXPECT_TRUE(has(html, "max-width: 580px"));
    EXPECT_TRUE(has(html, "width=\"580\" align=\"center\"><tr><td><![endif]-->"));
    EXPECT_FALSE(has(html, "<script"));
    EXPECT_FALSE(has(html, "@import"));
  }
}

TEST(EmailDocument, DarkColoursReachEverythingThatHasLightOnes) {
  std::string html = rendered(harbour(Layout::both));
  EXPECT_TRUE(has(html, "<meta name=\"color-scheme\" content=\"light dark\">"));
  EXPECT_TRUE(has(html, "@media (prefers-color-scheme: dark)"));
  EXPECT_TRUE(has(html, "[data-ogsc]"));
  std::string_view sheet = email_style::kSheet;
  std::string_view dark = sheet.substr(sheet.find("prefers-color-scheme: dark"));
  dark = dark.substr(0, dark.find("\n}\n"));
  for (const char* rule : {".pr-page {", ".pr-main p", ".pr-main h2", ".pr-main h3", ".pr-main li",
                           ".pr-main blockquote", ".pr-main a {", ".pr-main hr", ".pr-foot {"})
    EXPECT_TRUE(has(dark, rule)) << rule;
  const email_style::Palette& d = email_style::kDark;
  for (std::string_view colour : {d.page, d.text, d.soft_text, d.link, d.line})
    EXPECT_TRUE(has(dark, colour)) << colour;
  // The elements of the body are the ones that the rules name.
  for (const char* element : {"<p ", "<h2 ", "<h3 ", "<li ", "<blockquote ", "<a "})
    EXPECT_TRUE(has(EmailTemplate("", "# a\n\n## b\n\nc https://d.example\n\n* e\n\n^ f").render_html_fragment({}),
                    element))
        << element;
}

TEST(EmailDocument, ContrastIsEnoughInBothSchemes) {
  constexpr double kEnough = 4.5;
  for (const email_style::Palette& p : {email_style::kLight, email_style::kDark}) {
    for (std::string_view colour : {p.text, p.soft_text, p.link})
      EXPECT_GE(contrast_ratio(colour, p.page), kEnough) << colour;
    EXPECT_GE(contrast_ratio(p.line, p.page), 3) << p.line;
  }
  // A light banner gets dark text, a dark one light text.
  EXPECT_TRUE(has(rendered(harbour(Layout::brand_banner)), "color: #000000; word-break: break-word;\">Harbour"));
  EXPECT_TRUE(has(rendered(harbour(Layout::platform)), "color: #ffffff; word-break: break-word;\">Platform"));
  // Only known colours stand in what we write.
  std::string html = rendered(harbour(Layout::platform), "# a\n\n## b\n\nc https://d.example\n\n* e\n\n^ f\n\n---");
  html.erase(html.find("<style>"), html.find("</style>") - html.find("<style>"));
  const email_style::Palette& l = email_style::kLight;
  for (auto at = html.find(": #"); at != std::string::npos; at = html.find(": #", at + 1)) {
    std::string_view colour = std::string_view(html).substr(at + 2, 7);
    bool known = colour == l.page || colour == l.text || colour == l.soft_text || colour == l.link ||
                 colour == l.line || colour == "#0b5c6b";
    EXPECT_TRUE(known) << colour;
  }
}

TEST(EmailDocument, PrintsBlackOnWhite) {
  std::string_view sheet = email_style::kSheet;
  std::string_view print = sheet.substr(sheet.find("@media print"));
  EXPECT_TRUE(has(print, ".pr-bar-text"));
  EXPECT_TRUE(has(print, "color: #000000 !important"));
  EXPECT_TRUE(has(print, "background: none !important"));
}

TEST(EmailDocument, DirectionFollowsTheText) {
  const std::string arabic =
      "# مرحبا\n\nعزيزي أحمد،\n\n* واحد\n* اثنان\n\n^ ملاحظة\n\nhttps://example.org/very/long/latin/path";
  std::string html = rendered(harbour(Layout::both), arabic);
  EXPECT_TRUE(has(html, "<html lang=\"en\" dir=\"rtl\""));
  EXPECT_TRUE(has(html, "class=\"pr-main\" dir=\"rtl\""));
  EXPECT_TRUE(has(html, "border-right: 10px solid"));
  EXPECT_TRUE(has(html, "margin: 0 20px 0 0; padding: 0; list-style-type: disc;"));
  EXPECT_TRUE(has(html, "border-right: 2px solid #ffdd00"));
  html = rendered(harbour(Layout::both));
  EXPECT_TRUE(has(html, "class=\"pr-main\" dir=\"ltr\""));
  EXPECT_TRUE(has(html, "border-left: 10px solid"));
  EXPECT_TRUE(has(html, "unicode-bidi: plaintext"));
}

TEST(EmailDirection, MostLettersDecide) {
  EXPECT_FALSE(reads_right_to_left(""));
  EXPECT_FALSE(reads_right_to_left("123 !? 456"));
  EXPECT_FALSE(reads_right_to_left("Annwyl Siân, mae’ch apwyntiad"));
  EXPECT_TRUE(reads_right_to_left("שלום לכולם"));
  EXPECT_TRUE(reads_right_to_left("NHS مرحبا بكم في"));
  EXPECT_FALSE(reads_right_to_left("Dear محمد, your appointment is tomorrow"));
  EXPECT_TRUE(reads_right_to_left("مرحبا [رابط](https://example.org/a/very/long/path/of/letters)"));
  EXPECT_FALSE(reads_right_to_left("\xff\xfe broken bytes"));
  std::string late = std::string(kDirectionBytesMax, 'a') + std::string(2 * kDirectionBytesMax, '\xd7');
  EXPECT_FALSE(reads_right_to_left(late));
}

TEST(EmailDocument, TheUnsubscribeFooterIsOutsideThePreview) {
  EmailTemplate email("s", "Dear all");
  EmailOptions options{.unsubscribe_url = "https://web.example/unsubscribe/1/a_-="};
  std::string html = email.render_html({}, harbour(Layout::platform), options);
  EXPECT_TRUE(has(html, "href=\"https://web.example/unsubscribe/1/a_-=\">Stop getting these emails</a>"));
  EXPECT_TRUE(has(html, ">Dear all…</span>"));
  EXPECT_EQ(email.api_body({}), "Dear all");
  std::string plain = email.render_plain({}, options) + plain_footer(harbour(Layout::platform));
  EXPECT_TRUE(has(plain, "Stop getting these emails: https://web.example/unsubscribe/1/a_-=\n"));
  EXPECT_TRUE(plain.ends_with("\n--\nTown Hall\nHigh Street\n"));
  EXPECT_EQ(plain_footer({}), "");
}

}  // namespace
}  // namespace postroom::content
