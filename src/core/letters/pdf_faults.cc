#include "core/letters/pdf_faults.h"

#include <algorithm>
#include <array>

#include "base/json.h"

namespace postroom::letters {
namespace {

constexpr std::array<PdfFault, 16> kFaults = {{
    {"no-encoded-string", "Nothing was sent.", "Send the bytes of the PDF."},
    {"unable-to-read-the-file",
     "The file cannot be opened as a PDF: it is of another kind, damaged, without pages, protected by a password, "
     "or "
     "too complicated to be looked through in the time given.",
     "Save or print it as a PDF again from the program it was made with, without a password."},
    {"letter-too-long", "A letter has at most 10 pages (5 sheets), an attachment included.",
     "Shorten it, or send it as several letters."},
    {"letter-not-a4-portrait-oriented",
     "Every page must be A4 and upright: 210 mm wide and 297 mm high, give or take 2 mm.",
     "Set the paper to A4 portrait where the PDF is made, without bleed, and export it again."},
    {"content-outside-printable-area",
     "Nothing may stand within 15 mm of the left and right edges or 5 mm of the top and bottom edges. On the first "
     "page the part from 30 to 95 mm from the top is kept for the envelope's window: left of 125 mm only the "
     "address "
     "may stand there, from 24.6 to 120 mm from the left and 39.5 to 66.3 mm from the top. A tinted background "
     "counts "
     "as content.",
     "Move or shrink what is outside, and take page backgrounds away; --overlay shows the forbidden places in "
     "red."},
    {"notify-tag-found-in-content",
     "The word NOTIFY within 15.2 mm of the left and 6.1 mm of the top edge tells the print house that a new "
     "letter "
     "begins, so it may stand on the first page only, and on no page of an attachment.",
     "Take it off these pages; it is often left over from letters that were joined into one file."},
    {"address-is-empty",
     "No text was found in the envelope's window: 24.6 to 120 mm from the left, 39.5 to 66.3 mm from the top.",
     "Put the address there as text; an address inside a picture cannot be read."},
    {"not-enough-address-lines", "The address has fewer than 3 lines, without the names of the United Kingdom.",
     "Give the name, the street and the postcode lines of their own."},
    {"too-many-address-lines",
     "The address has more than 7 lines. All text that touches the box from 21.6 to 123 mm from the left and 36.5 "
     "to "
     "69.3 mm from the top counts as address.",
     "Join or leave out lines, and move other text out of that box."},
    {"invalid-address-line-1-or-2", "The first two lines of the address must each have a letter or a digit.",
     "Take lines out that are nothing but punctuation, and begin with the name."},
    {"has-country-for-bfpo-address", "An address with a BFPO number must not end in a country.",
     "Leave the country out."},
    {"not-a-real-uk-postcode-or-country",
     "The last line of the address must be a UK postcode or the name of a country. All text that touches the box "
     "from "
     "21.6 to 123 mm from the left and 36.5 to 69.3 mm from the top counts as address.",
     "Correct the last line, and move other text out of that box."},
    {"cant-send-international-letters", "The address is abroad, and only letters within the UK are allowed here.",
     "Ask for letters abroad to be allowed, or correct the address."},
    {"not-a-real-uk-postcode",
     "The last line of the address must be a UK postcode. All text that touches the box from 21.6 to 123 mm from "
     "the "
     "left and 36.5 to 69.3 mm from the top counts as address.",
     "Correct the last line, and move other text out of that box."},
    {"invalid-char-in-address",
     "No line of the address may begin with any of @ ( ) = [ ] \" \\ / , < > ~, and each character must be one "
     "that "
     "can be printed.",
     "Take the character out."},
    {"no-fixed-abode-address", "A letter cannot be delivered to no fixed abode.",
     "Give an address where the person gets post."},
}};

constexpr PdfFault kUnknown{"", "The letter may not be printed.", "See its code in the documentation."};

}  // namespace

std::span<const PdfFault> pdf_faults() { return kFaults; }

const PdfFault& pdf_fault(std::string_view code) {
  auto found =
      std::find_if(kFaults.begin(), kFaults.end(), [&](const PdfFault& fault) { return fault.code == code; });
  return found == kFaults.end() ? kUnknown : *found;
}

std::string sanitise_answer(const PdfVerdict& verdict, BytesView sanitised) {
  json::object answer{{"recipient_address", nullptr},
                      {"page_count", nullptr},
                      {"message", nullptr},
                      {"invalid_pages", nullptr},
                      {"file", nullptr}};
  if (verdict.page_count) answer["page_count"] = *verdict.page_count;
  if (verdict.passed()) {
    if (verdict.address) answer["recipient_address"] = verdict.address->joined("\n");
    answer["file"] = to_base64(sanitised);
    return write_json(answer);
  }
  answer["message"] = verdict.code;
  if (!verdict.invalid_pages.empty())
    answer["invalid_pages"] = json::array(verdict.invalid_pages.begin(), verdict.invalid_pages.end());
  return write_json(answer);
}

}  // namespace postroom::letters
