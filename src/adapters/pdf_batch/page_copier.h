// Pages of one PDF into another: what each page needs is copied as it stands, streams still compressed.
#pragma once

#include <string>
#include <vector>

#include "adapters/pdf_batch/pdf_file.h"

namespace postroom::pdf_batch {

struct CopiedPage {
  int object = 0;         // its number in the new file
  std::string media_box;  // "[0 0 595.28 841.89]"
};

// Copies every page of `pdf` to the end of `out`, as children of the object `parent`. What is shown on paper stays:
// stamps and filled form fields become part of the page; links and notes are left out. corrupt when `pdf` is no
// readable PDF, needs a password or has no page; then `out` has to be thrown away. `mark`, when not empty, is plain
// ASCII without brackets and backslashes; it is set small in the lower left margin of the first page.
Result<std::vector<CopiedPage>> copy_pages(PdfFile& out, BytesView pdf, int parent, std::string_view mark);

}  // namespace postroom::pdf_batch
