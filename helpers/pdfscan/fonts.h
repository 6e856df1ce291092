// The fonts of a PDF: which have their glyphs in the file, and putting in those that have not.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "document.h"

namespace postroom::pdfscan {

// Resources within resources are not followed deeper than this.
inline constexpr int kResourceDepthMax = 40;
inline constexpr int kFontsMax = 5'000;

// All font dictionaries that the pages, and what is drawn on them, can use.
class FontWalk {
 public:
  explicit FontWalk(Document& document) : document_(document) {}

  // Throws as MuPDF does.
  void run();

  // Lent by the document.
  const std::vector<pdf_obj*>& fonts() const { return fonts_; }

 private:
  void resources(pdf_obj* resources, int depth);
  void form(pdf_obj* form, int depth);
  void font(pdf_obj* font, int depth);
  void annotations(pdf_obj* page);
  // False when the object was there before.
  bool first_time(pdf_obj* object);

  Document& document_;
  std::set<int> seen_;
  std::vector<pdf_obj*> fonts_;
};

// The font dictionary that has the descriptor: of a composite font, its descendant.
pdf_obj* describing_font(fz_context* ctx, pdf_obj* font);
// False for fonts without a file of glyphs that are not drawings themselves.
bool is_embedded(fz_context* ctx, pdf_obj* font);

void list_missing_fonts(Document& document, FontWalk& walk, std::vector<std::string>& names);

}  // namespace postroom::pdfscan
