// Glyphs for fonts that a PDF only names.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "document.h"

namespace postroom::pdfscan {

// Puts into fonts the glyphs that MuPDF draws them with, so that every reader and printer shows the same: a clone
// of Helvetica, Times, Courier, Symbol or Dingbats with the same widths, or what is nearest. All throw as MuPDF
// does.
class FontEmbedder {
 public:
  explicit FontEmbedder(Document& document) : document_(document) {}

  void embed(pdf_obj* font);

 private:
  void embed_simple(pdf_obj* font, pdf_font_desc* loaded);
  void embed_composite(pdf_obj* font, pdf_font_desc* loaded);
  void put_composite_file(pdf_obj* described, pdf_font_desc* loaded);
  // The stream with the glyphs of a face, the same for all fonts that use it. Lent.
  pdf_obj* compact_file(fz_font* face, const char* kind);
  pdf_obj* subset_file(fz_font* face);
  pdf_obj* descriptor(pdf_obj* font, pdf_font_desc* loaded);
  void find_used_glyphs();

  Document& document_;
  std::map<const unsigned char*, pdf_obj*> files_;  // by the bytes of the face
  std::map<const unsigned char*, std::set<int>> used_;
  bool searched_ = false;
};

}  // namespace postroom::pdfscan
