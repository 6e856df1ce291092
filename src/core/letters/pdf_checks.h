// Whether a letter that came as a PDF may be printed, judged from what a look into the file showed. The rules are
// checked in a fixed order and the first that is broken is the verdict.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/notifications/types.h"
#include "core/pdf/facts.h"
#include "core/recipients/postal_address.h"

namespace postroom::letters {

// Five sheets; with an attachment, both together.
inline constexpr int kPdfPagesMax = 10;

struct PdfRules {
  bool international = false;  // the service may send letters abroad
  // Pages that follow a letter made of a template: they have no address, and no page may carry the tag.
  bool attachment = false;
};

struct PageSize {
  double width = 0;  // millimetres, as displayed
  double height = 0;

  friend bool operator==(const PageSize&, const PageSize&) = default;
};

struct PdfVerdict {
  // "letter-too-long"; lives as long as the program. Empty when the letter may be printed.
  std::string_view code;
  std::vector<int> invalid_pages;  // from 1, ascending; empty when the fault is the whole file's
  std::optional<int> page_count;   // absent when the file cannot be read
  std::vector<PageSize> sizes;     // of each page; empty when there are too many
  // The pages or words at fault with their millimetres, one sentence each. Has words of the address: never logged.
  std::vector<std::string> details;

  // Once the checks reached it; never for attachments.
  std::vector<std::string> address_as_read;
  std::optional<recipients::PostalAddress> address;  // normalised; valid only when passed()
  bool tagged = false;                               // the first page carries the print house's tag
  // Other text stands where the tag belongs. It is unseen, and would make one unreadable text with the tag.
  bool tag_place_taken = false;

  bool passed() const { return code.empty(); }
};

// What to look for in a file to judge it.
pdf::Look look_for(const PdfRules& rules);
// `facts` is the answer to look_for() with the same rules.
PdfVerdict judge(const pdf::Facts& facts, const PdfRules& rules);
// Of a file in which nothing could be looked at.
PdfVerdict unreadable_pdf();
// Of a letter whose address cannot be written anew; `reason` is a sentence naming the character.
PdfVerdict unprintable_address(PdfVerdict verdict, std::string reason);

// The text of the extraction box line by line: words in the reader's order, ligatures as letters (NFKD).
std::vector<std::string> address_lines(const pdf::Page& first_page);
// How many words of a first page are not there any more after sanitising, not counting those in the places where
// it takes words out.
std::size_t words_lost(const pdf::Page& before, const pdf::Page& after);
// "210", "207.95": how sizes are written everywhere.
std::string millimetres(double value);
// The text in the corner where the tag stands is the tag and nothing else.
bool is_tagged(const pdf::Page& page);

// Abroad, the address decides; at home, what was asked for, else second class.
notifications::Postage pdf_postage(std::optional<notifications::Postage> asked, recipients::PostageZone zone);

}  // namespace postroom::letters
