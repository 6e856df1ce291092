// Looks into PDFs from outside and rewrites them, in a process of its own: nothing of the caller's is at risk when
// a file is hostile.
#pragma once

#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "core/pdf/facts.h"

namespace postroom::ports {

// Changes in the order of the fields.
struct PdfRewrite {
  std::vector<pdf::Box> redact;    // on the first page: characters and pixels in them are removed, not covered
  std::optional<pdf::Box> whiten;  // on the first page: painted white
  Bytes stamp;                     // a PDF of one page, laid over the first page; may be empty
  bool to_cmyk = true;             // RGB becomes CMYK, RGB black becomes K
  bool embed_fonts = true;         // missing fonts are replaced by embedded ones
};

struct PdfZoneTint {
  std::vector<pdf::Box> first;   // painted on the first page; must not overlap
  std::vector<pdf::Box> others;  // on all others
};

struct PdfImageRequest {
  int page = 1;   // from 1
  int dpi = 150;  // 36 to 300
  std::vector<pdf::Box> whiten;
  std::vector<pdf::Box> tint;  // red, a fifth opaque
};

// Safe from several threads. invalid_input when the file is no readable PDF: broken, encrypted, or it needed more
// time or memory than is allowed (tried twice). retry_later when the process cannot be started.
class PdfScanner {
 public:
  virtual ~PdfScanner() = default;
  virtual Result<pdf::Facts> look(BytesView pdf, const pdf::Look& look) = 0;
  virtual Result<Bytes> rewrite(BytesView pdf, const PdfRewrite& changes) = 0;
  // A page as PNG; a page that is not there is invalid_input.
  virtual Result<Bytes> page_image(BytesView pdf, const PdfImageRequest& request) = 0;
  // The whole document with zones tinted.
  virtual Result<Bytes> tint(BytesView pdf, const PdfZoneTint& zones) = 0;
};

}  // namespace postroom::ports
