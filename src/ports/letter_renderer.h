// Turns the content of one letter into the PDF that is printed and posted. The content arrives ready: values
// filled in, typography done, address normalised. What is left to decide here is where each glyph goes.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/content/letter.h"
#include "core/pdf/picture.h"

namespace postroom::ports {

// The print house refuses letters of more than ten pages (five sheets).
constexpr int kLetterPagesMax = 10;
// The window of the envelope shows seven lines.
constexpr int kLetterAddressLinesMax = 7;
// The most a QR code of 84 points holds so that a phone still reads it (bytes of UTF-8).
constexpr int kLetterQrBytesMax = 504;

// The blocks are those of core/content/letter.h: plain UTF-8, nothing escaped. White space inside a span runs
// together to one blank, except no-break spaces; line breaks are made with lines, never with a line feed. A
// heading is bold and stays on the page of what follows; a page break with nothing after it makes no page; a QR
// code has error correction M.
using content::LetterBlock;
using content::LetterHeading;
using content::LetterLine;
using content::LetterList;
using content::LetterListItem;
using content::LetterPageBreak;
using content::LetterParagraph;
using content::LetterQrCode;
using content::LetterSpan;

enum class LetterLanguage { english, welsh };

struct LetterInput {
  // One to seven lines for the window of the envelope, first line first. Printed in capitals; a line that is
  // too long is cut, never wrapped, since a wrapped line would push the others out of the window.
  std::vector<std::string> address_lines;
  // The sender's address at the top right; may be empty. Lines beyond the eleventh are left out.
  std::vector<std::string> contact_lines;
  std::string date;     // as printed, for example "1 July 2026"
  std::string subject;  // may be empty
  std::vector<LetterBlock> blocks;

  // At the top left of the first page, as high as its place or as wide; may be absent. The same in all parts.
  std::shared_ptr<const pdf::Picture> logo;
  std::string logo_name;  // what it shows, for those who do not see it

  LetterLanguage language = LetterLanguage::english;  // wording of the page numbers
  // The white word that tells the print house where a letter begins. Exactly one page of each printed
  // document carries it: off for the English half of a bilingual letter.
  bool notify_tag = true;
  // More pages than this are an error, counting all parts of a bilingual letter. Without a limit the caller
  // judges `page_count` itself, for example to keep the PDF of a letter that is too long.
  std::optional<int> page_limit = kLetterPagesMax;
};

struct RenderedLetter {
  Bytes pdf;
  int page_count = 0;
  std::vector<int> part_page_counts;  // of each part, in order; adds up to page_count
};

class LetterRenderer {
 public:
  virtual ~LetterRenderer() = default;

  // The same input gives the same bytes. Black is pure K, all fonts are embedded.
  // invalid_input: too many pages (the message names count and limit), a character that no font has (the
  // message names it), an address with no or too many lines, a QR code with no or too much data.
  // Safe from several threads at once.
  virtual Result<RenderedLetter> render(const LetterInput& letter) = 0;

  // Several letters in one document, each beginning on a page of its own and numbered by itself: Welsh, then
  // English without the tag. The page limit of the first holds for all together. No part is invalid_input.
  virtual Result<RenderedLetter> render_parts(std::span<const LetterInput> parts) = 0;
};

}  // namespace postroom::ports
