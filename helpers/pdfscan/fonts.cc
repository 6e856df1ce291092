#include "fonts.h"

#include <algorithm>

namespace postroom::pdfscan {
namespace {

constexpr std::size_t kNameBytesMax = 200;

// Printable ASCII: names of fonts go into messages.
std::string clean(const char* name) {
  std::string out;
  for (; *name && out.size() < kNameBytesMax; ++name) out += *name >= ' ' && *name < 127 ? *name : '?';
  return out;
}

}  // namespace

bool FontWalk::first_time(pdf_obj* object) {
  int number = pdf_to_num(document_.context(), object);
  return number == 0 || seen_.insert(number).second;
}

void FontWalk::font(pdf_obj* font, int depth) {
  fz_context* ctx = document_.context();
  if (!pdf_is_dict(ctx, font) || !first_time(font) || fonts_.size() >= static_cast<std::size_t>(kFontsMax)) return;
  fonts_.push_back(font);
  if (pdf_name_eq(ctx, pdf_dict_get(ctx, font, PDF_NAME(Subtype)), PDF_NAME(Type3)))
    resources(pdf_dict_get(ctx, font, PDF_NAME(Resources)), depth + 1);
}

void FontWalk::form(pdf_obj* form, int depth) {
  fz_context* ctx = document_.context();
  if (!pdf_is_dict(ctx, form) || !first_time(form)) return;
  resources(pdf_dict_get(ctx, form, PDF_NAME(Resources)), depth);
}

void FontWalk::resources(pdf_obj* resources, int depth) {
  fz_context* ctx = document_.context();
  if (depth > kResourceDepthMax || !pdf_is_dict(ctx, resources) || !first_time(resources)) return;
  pdf_obj* group = pdf_dict_get(ctx, resources, PDF_NAME(Font));
  for (int i = 0; i < pdf_dict_len(ctx, group); ++i) font(pdf_dict_get_val(ctx, group, i), depth);
  group = pdf_dict_get(ctx, resources, PDF_NAME(XObject));
  for (int i = 0; i < pdf_dict_len(ctx, group); ++i) form(pdf_dict_get_val(ctx, group, i), depth + 1);
  group = pdf_dict_get(ctx, resources, PDF_NAME(Pattern));
  for (int i = 0; i < pdf_dict_len(ctx, group); ++i) form(pdf_dict_get_val(ctx, group, i), depth + 1);
  group = pdf_dict_get(ctx, resources, PDF_NAME(ExtGState));
  for (int i = 0; i < pdf_dict_len(ctx, group); ++i) {
    pdf_obj* state = pdf_dict_get_val(ctx, group, i);
    font(pdf_array_get(ctx, pdf_dict_get(ctx, state, PDF_NAME(Font)), 0), depth);
    form(pdf_dict_getp(ctx, state, "SMask/G"), depth + 1);
  }
}

void FontWalk::annotations(pdf_obj* page) {
  fz_context* ctx = document_.context();
  pdf_obj* annotations = pdf_dict_get(ctx, page, PDF_NAME(Annots));
  for (int i = 0; i < pdf_array_len(ctx, annotations); ++i) {
    pdf_obj* normal = pdf_dict_getp(ctx, pdf_array_get(ctx, annotations, i), "AP/N");
    if (pdf_is_stream(ctx, normal)) {
      form(normal, 1);
      continue;
    }
    for (int k = 0; k < pdf_dict_len(ctx, normal); ++k) form(pdf_dict_get_val(ctx, normal, k), 1);
  }
}

void FontWalk::run() {
  for (int i = 0; i < document_.page_count(); ++i) {
    pdf_obj* page = document_.page_object(i);
    resources(pdf_dict_get(document_.context(), page, PDF_NAME(Resources)), 0);
    annotations(page);
  }
}

pdf_obj* describing_font(fz_context* ctx, pdf_obj* font) {
  pdf_obj* descendant = pdf_array_get(ctx, pdf_dict_get(ctx, font, PDF_NAME(DescendantFonts)), 0);
  return pdf_is_dict(ctx, descendant) ? descendant : font;
}

bool is_embedded(fz_context* ctx, pdf_obj* font) {
  if (pdf_name_eq(ctx, pdf_dict_get(ctx, font, PDF_NAME(Subtype)), PDF_NAME(Type3))) return true;
  pdf_obj* descriptor = pdf_dict_get(ctx, describing_font(ctx, font), PDF_NAME(FontDescriptor));
  return pdf_is_stream(ctx, pdf_dict_get(ctx, descriptor, PDF_NAME(FontFile))) ||
         pdf_is_stream(ctx, pdf_dict_get(ctx, descriptor, PDF_NAME(FontFile2))) ||
         pdf_is_stream(ctx, pdf_dict_get(ctx, descriptor, PDF_NAME(FontFile3)));
}

void list_missing_fonts(Document& document, FontWalk& walk, std::vector<std::string>& names) {
  fz_context* ctx = document.context();
  walk.run();
  for (pdf_obj* font : walk.fonts()) {
    if (is_embedded(ctx, font)) continue;
    const char* name = pdf_dict_get_name(ctx, font, PDF_NAME(BaseFont));
    names.push_back(clean(*name ? name : "?"));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace postroom::pdfscan
