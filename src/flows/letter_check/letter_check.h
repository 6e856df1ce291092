// Checks a letter that came as a PDF, and makes the file that is printed: its address written anew where machines
// read it, tagged, its colours and fonts as the print house needs them.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/letters/pdf_checks.h"
#include "ports/letter_stamper.h"
#include "ports/pdf_scanner.h"

namespace postroom::flows {

struct CheckOptions {
  bool international = false;  // the service may send letters abroad
  bool attachment = false;     // follows a letter made of a template: no address, no tag
  bool sanitise = true;        // off: only the verdict is wanted
};

struct CheckedLetter {
  letters::PdfVerdict verdict;
  // The rest only when verdict.passed(); address and zone never of attachments.
  std::vector<std::string> address_lines;  // normalised, as printed
  recipients::PostageZone postage_zone = recipients::PostageZone::united_kingdom;
  int page_count = 0;
  Bytes sanitised;  // empty when it was not asked for

  bool is_international() const { return postage_zone != recipients::PostageZone::united_kingdom; }
};

// Larger than this after sanitising is worth a look: print files of such letters become unwieldy.
inline constexpr std::size_t kSanitisedBytesExpectedMax = 2 * 1024 * 1024;

// Safe from several threads.
class LetterCheck {
 public:
  LetterCheck(ports::PdfScanner& scanner, ports::LetterStamper& stamper) : scanner_(scanner), stamper_(stamper) {}

  // A file that breaks a rule, or is no PDF at all, is a verdict and no error. retry_later when the scanner is
  // away; internal when the sanitised file does not show what was written into it: such a file must not be printed.
  Result<CheckedLetter> check(BytesView pdf, const CheckOptions& options) const;

 private:
  Result<CheckedLetter> sanitise(BytesView pdf, CheckedLetter letter, const pdf::Facts& facts,
                                 const CheckOptions& options) const;
  Result<void> verify(BytesView sanitised, const CheckedLetter& letter, const pdf::Facts& before,
                      const CheckOptions& options) const;

  ports::PdfScanner& scanner_;
  ports::LetterStamper& stamper_;
};

}  // namespace postroom::flows
