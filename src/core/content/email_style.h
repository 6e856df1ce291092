// Colours of emails, and the style sheet for mail programs that read one. Every element carries its light colours
// itself, since many programs drop style sheets; dark ones can only stand in a sheet. All pairs of text and
// background hold a contrast of 4.5:1 or more (WCAG 2.2, 1.4.3). Backgrounds are always given along with text
// colours: programs that invert colours by themselves then invert both.
#pragma once

#include <string_view>

namespace postroom::content::email_style {

inline constexpr std::string_view kFont = "font-family: Helvetica, Arial, sans-serif;";

struct Palette {
  std::string_view page;
  std::string_view text;
  std::string_view soft_text;
  std::string_view link;
  std::string_view line;
};
inline constexpr Palette kLight{"#ffffff", "#1b1f24", "#4d5560", "#0b5c6b", "#8a939d"};
inline constexpr Palette kDark{"#14181c", "#e9edf1", "#b3bcc6", "#7fd0de", "#6b7783"};

// Where a brand gives no colour.
inline constexpr std::string_view kBannerColour = "#1b1f24";

// [data-ogsc] and [data-ogsb] mark what Outlook on the web has recoloured; it ignores the media query. The plate
// behind a logo stays white: most logos are drawn for white paper.
inline constexpr std::string_view kSheet =
    R"css(:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0 !important; padding: 0 !important; }
u + .pr-page .pr-fluid { width: 100% !important; }
@media (prefers-color-scheme: dark) {
.pr-page { background-color: #14181c !important; }
.pr-main, .pr-main p, .pr-main h2, .pr-main h3, .pr-main li, .pr-main blockquote { color: #e9edf1 !important; }
.pr-main a { color: #7fd0de !important; }
.pr-main hr { background: #6b7783 !important; }
.pr-main blockquote, .pr-foot { border-color: #6b7783 !important; }
.pr-foot { color: #b3bcc6 !important; }
.pr-plate { padding: 10px !important; }
}
[data-ogsb] .pr-page { background-color: #14181c !important; }
[data-ogsc] .pr-main p, [data-ogsc] .pr-main h2, [data-ogsc] .pr-main h3, [data-ogsc] .pr-main li { color: #e9edf1 !important; }
[data-ogsc] .pr-main a { color: #7fd0de !important; }
[data-ogsc] .pr-foot { color: #b3bcc6 !important; }
@media print {
.pr-page, .pr-bar { background: none !important; }
.pr-bar-text, .pr-main, .pr-main p, .pr-main h2, .pr-main h3, .pr-main li, .pr-main blockquote, .pr-main a, .pr-foot { color: #000000 !important; }
.pr-main h2, .pr-main h3 { page-break-after: avoid; }
}
)css";

// Desktop Outlook sets type with Word's engine: it needs a font it knows, no gaps around tables, and pictures in
// real pixels. Stands inside a conditional comment.
inline constexpr std::string_view kOutlookHead =
    "<!--[if mso]><xml><o:OfficeDocumentSettings><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings>"
    "</xml><style>table { border-collapse: collapse; mso-table-lspace: 0; mso-table-rspace: 0; } td, p, h2, h3, "
    "li, a, span { font-family: Arial, sans-serif !important; mso-line-height-rule: exactly; } li { margin-left: "
    "4px !important; }</style><![endif]-->\n";

}  // namespace postroom::content::email_style
