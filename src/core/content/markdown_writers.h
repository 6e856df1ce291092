// Writes a parsed body in the forms that are sent. All results are HTML text (character references not decoded),
// before typography.
#pragma once

#include <optional>
#include <string>

#include "core/content/markdown.h"

namespace postroom::content::markdown {

// The fragment that stands in the body of an HTML email, with short tags for style_email_html().
std::string write_email_html(const Document& document);

enum class PlainForm {
  body,       // headings underlined, rules drawn, links with their target
  preheader,  // the words only
};
std::string write_plain(const Document& document, PlainForm form);

// p, h2, ul, ol, li, br, strong, <hr class="page-break"> and <img class="qr-code" alt="payload">.
std::string write_letter_html(const Document& document);

// The payload of a paragraph that asks for a QR code ("qr: payload"), as HTML text.
std::optional<std::string> qr_payload(const Block& paragraph);

// True when a piece would print something other than white space.
bool is_blank_html(std::string_view html);

}  // namespace postroom::content::markdown
