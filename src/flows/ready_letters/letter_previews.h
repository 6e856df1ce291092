// How a letter looks on paper, or why it was refused.
#pragma once

#include <optional>
#include <string>

#include "flows/deliver/render_flow.h"
#include "flows/ready_letters/ready_letter_ports.h"
#include "ports/pdf_scanner.h"

namespace postroom::flows {

struct PreviewRequest {
  bool png = false;
  int page = 1;  // of PNGs, from 1
};

struct Preview {
  Bytes content;
  std::string_view content_type;            // "application/pdf" or "image/png"
  std::optional<ports::LetterFault> fault;  // of a letter that was refused
};

// Pixels an inch: an A4 page is 1240 by 1754.
inline constexpr int kPreviewDpi = 150;

// Safe from several threads.
class LetterPreviews {
 public:
  LetterPreviews(const ReadyLetterPorts& ports, TemplateCache& templates, const RenderFlow& render,
                 ports::PdfScanner& scanner)
      : ports_(ports),
        templates_(templates),
        render_(render),
        scanner_(scanner),
        files_(ports.blobs, ports.calendar) {}

  // A letter made of a template: its file, or what its file will be. A ready PDF: its file, the tag's corner of the
  // first page white; where it was refused for ink outside the printable area, with the forbidden zones tinted, as
  // PDF on all pages, as PNG on the pages at fault. PNGs are kept for kPreviewsKept under the hash of all that
  // makes them. invalid_input for a page that is not there; conflict when the letter has no PDF (yet): the message
  // says why.
  Result<Preview> preview(const notifications::Notification& letter, const PreviewRequest& request);

 private:
  Result<Bytes> pdf_of(const notifications::Notification& letter, bool is_ready_pdf) const;
  Result<Bytes> image(BytesView pdf, const ports::PdfImageRequest& request);

  const ReadyLetterPorts& ports_;
  TemplateCache& templates_;
  const RenderFlow& render_;
  ports::PdfScanner& scanner_;
  LetterFiles files_;
};

}  // namespace postroom::flows
