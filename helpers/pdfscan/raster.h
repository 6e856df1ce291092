// Pages as pixels.
#pragma once

#include <vector>

#include "document.h"
#include "ports/pdf_scanner.h"

namespace postroom::pdfscan {

inline constexpr int kCheckDpi = 200;
// A page larger than this many pixels on a side is drawn no larger.
inline constexpr int kPixelsMax = 6'000;

// What a page paints when it is printed, without its annotations: see PageEditor::flatten_annotations().
fz_display_list* printed_page(fz_context* ctx, pdf_page* page);

// The parts of a page as displayed that do not lie wholly in one of `allowed` (millimetres).
std::vector<fz_irect> parts_outside(fz_rect displayed, const std::vector<pdf::Box>& allowed);

// Where pixels of those parts are other than white: one box around those of each part, in millimetres.
void find_ink(fz_context* ctx, fz_display_list* list, const std::vector<fz_irect>& parts,
              std::vector<pdf::Box>& places);

// A page as PNG, grey where it has no colour.
void draw_png(Document& document, const ports::PdfImageRequest& request, Bytes& png);

}  // namespace postroom::pdfscan
