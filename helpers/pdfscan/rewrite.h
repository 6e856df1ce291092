// A PDF made safe to print, or marked for people to see.
#pragma once

#include <vector>

#include "document.h"
#include "embed.h"
#include "fonts.h"
#include "page_edit.h"
#include "ports/pdf_scanner.h"
#include "recolour.h"

namespace postroom::pdfscan {

// All throw as MuPDF does. What is written has pages, their content and their layers, and nothing else: no scripts,
// actions, forms, annotations, attachments or descriptions.
class Rewriter {
 public:
  Rewriter(Document& document, Document* stamp, const ports::PdfRewrite& changes);

  void run(Bytes& out);

 private:
  Document& document_;
  Document* stamp_;
  const ports::PdfRewrite& changes_;
  PageEditor editor_;
  Recolour preparer_;
  Recolour recolour_;
  FontWalk fonts_;
  FontEmbedder embedder_;
};

void tint_zones(Document& document, PageEditor& editor, Recolour& cleaner, const ports::PdfZoneTint& zones,
                Bytes& out);

}  // namespace postroom::pdfscan
