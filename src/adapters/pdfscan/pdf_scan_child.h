// PDFs are read in a process that has no files, no network, little memory and little time: what a hostile file may
// break there is lost with it.
#pragma once

#include <chrono>
#include <string>

#include "adapters/pdfscan/wire.h"
#include "ports/pdf_scanner.h"

namespace postroom::pdfscan {

struct ScanOptions {
  // Empty: postroom-pdfscan in the folder of the running program.
  std::string program;
  Allowance allowance;
  // From start to end of a try.
  std::chrono::milliseconds time_max = std::chrono::seconds{60};
};

class PdfScanChild final : public ports::PdfScanner {
 public:
  explicit PdfScanChild(ScanOptions options = {});

  // Further to the errors of the port: internal when the program found is of another release, or answers what
  // cannot be.
  Result<pdf::Facts> look(BytesView pdf, const pdf::Look& look) override;
  Result<Bytes> rewrite(BytesView pdf, const ports::PdfRewrite& changes) override;
  Result<Bytes> page_image(BytesView pdf, const ports::PdfImageRequest& request) override;
  Result<Bytes> tint(BytesView pdf, const ports::PdfZoneTint& zones) override;

 private:
  Result<Bytes> run(BytesView pdf, const Work& work, BytesView stamp) const;

  ScanOptions options_;
};

// Where the program is looked for when no other place is named.
std::string default_scan_program();

}  // namespace postroom::pdfscan
