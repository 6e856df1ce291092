// The faults of a PDF in words for people: what the rule is and what to do.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "core/letters/pdf_checks.h"

namespace postroom::letters {

struct PdfFault {
  std::string_view code;
  std::string_view
      rule;  // one sentence: what was found and what is allowed, in millimetres where it is about places
  std::string_view remedy;  // one sentence
};

// Every code that a verdict can have, in the order of checking.
std::span<const PdfFault> pdf_faults();
// A code that is not in the table, such as one of a later version, gets a general text.
const PdfFault& pdf_fault(std::string_view code);

// What the sanitiser answers over HTTP: recipient_address, page_count, message, invalid_pages, file. The address is
// the normalised one, lines joined by line feeds; `file` is base64 of `sanitised`. All of them null where they do
// not apply.
std::string sanitise_answer(const PdfVerdict& verdict, BytesView sanitised);

}  // namespace postroom::letters
