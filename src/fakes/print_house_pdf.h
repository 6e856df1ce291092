// What the stub print house needs to know of a PDF.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace postroom::fakes {

// corrupt unless it starts with %PDF, ends with %%EOF (white space may follow), opens without a password and has
// a page.
Result<int> pdf_page_count(BytesView pdf);

}  // namespace postroom::fakes
