// Goes through all that is printed: takes out what has no business in a letter and, if wanted, turns RGB into CMYK.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "content_writer.h"
#include "document.h"

namespace postroom::pdfscan {

// Pictures with more pixels than this are refused rather than unpacked.
inline constexpr std::int64_t kPicturePixelsMax = 60'000'000;

class Recolour final : public ContentOwner {
 public:
  Recolour(Document& document, bool to_cmyk) : document_(document), to_cmyk_(to_cmyk) {}

  // Both throw as MuPDF does.
  void run();
  // Gives a page content of its own, whole and balanced, and balances that of the forms it draws; nothing else
  // changes.
  void prepare(int index) { page(document_.page_object(index)); }

  const char* inline_image(fz_context* ctx, pdf_document* document, pdf_obj* resources, fz_image* image) override;

 private:
  void page(pdf_obj* page);
  void resources(pdf_obj* resources, int depth);
  void xobject(pdf_obj* object, pdf_obj* outer_resources, int depth);
  void pattern(pdf_obj* object, pdf_obj* outer_resources, int depth);
  void drawn_font(pdf_obj* font, pdf_obj* outer_resources, int depth);
  void stream(pdf_obj* object, pdf_obj* resources);
  void strip(pdf_obj* object);
  bool first_time(pdf_obj* object);

  Document& document_;
  bool to_cmyk_;
  std::set<int> seen_;
  // To be changed when all streams that name them have been read. Lent by the document.
  std::vector<pdf_obj*> resources_;
  std::vector<pdf_obj*> images_;
  std::vector<pdf_obj*> shadings_;
  std::deque<std::string> inline_names_;
};

// Changes made to objects in place, where they are in RGB. They throw as MuPDF does.
void picture_to_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* image);
void shading_to_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* shading);
// Of a mesh without a function, all but its ColorSpace.
void mesh_to_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* shading, fz_colorspace* space);
// What stands for a colour space: the same, or a new one, which the caller owns.
pdf_obj* space_in_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* space, int depth);
// An image XObject of the pixels, in CMYK or, where they have no colour, in grey. The caller owns it.
pdf_obj* new_picture(fz_context* ctx, pdf_document* document, fz_image* image);

}  // namespace postroom::pdfscan
