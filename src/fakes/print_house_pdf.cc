#include "fakes/print_house_pdf.h"

// qpdf's headers ask every user which smart pointers they expect; 4 is std::shared_ptr only.
#define POINTERHOLDER_TRANSITION 4
#include <exception>
#include <qpdf/QPDF.hh>

#include "base/text.h"

namespace postroom::fakes {

Result<int> pdf_page_count(BytesView pdf) {
  if (!pdf.starts_with("%PDF")) return fail(ErrorKind::corrupt, "does not start with %PDF");
  if (!trim(pdf.substr(pdf.size() - std::min<std::size_t>(pdf.size(), 64))).ends_with("%%EOF")) {
    return fail(ErrorKind::corrupt, "does not end with %%EOF");
  }
  try {
    QPDF document;
    document.setSuppressWarnings(true);
    // A file that needs mending is a file that some press will not print.
    document.setAttemptRecovery(false);
    document.processMemoryFile("letter", pdf.data(), pdf.size());
    auto pages = document.getAllPages().size();
    if (pages == 0) return fail(ErrorKind::corrupt, "has no page");
    return static_cast<int>(pages);
  } catch (const std::exception& error) {
    return fail(ErrorKind::corrupt, fmt::format("is no readable PDF: {}", error.what()));
  }
}

}  // namespace postroom::fakes
