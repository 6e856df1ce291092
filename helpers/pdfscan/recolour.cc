#include "recolour.h"

#include "fonts.h"

namespace postroom::pdfscan {
namespace {

// Files attached to parts of a page, private data of programs, descriptions, versions for other purposes.
constexpr const char* kStripped[] = {"AF", "PieceInfo", "Metadata", "Alternates", "OPI", "LastModified", "Ref"};

void group_to_cmyk(fz_context* ctx, pdf_document* document, pdf_obj* owner) {
  pdf_obj* group = pdf_dict_get(ctx, owner, PDF_NAME(Group));
  pdf_obj* space = pdf_dict_get(ctx, group, PDF_NAME(CS));
  if (!space) return;
  pdf_obj* changed = space_in_cmyk(ctx, document, space, 0);
  pdf_dict_put_drop(ctx, group, PDF_NAME(CS), changed);
}

}  // namespace

bool Recolour::first_time(pdf_obj* object) {
  int number = pdf_to_num(document_.context(), object);
  return number == 0 || seen_.insert(number).second;
}

void Recolour::strip(pdf_obj* object) {
  for (const char* key : kStripped) pdf_dict_dels(document_.context(), object, key);
}

const char* Recolour::inline_image(fz_context* ctx, pdf_document* document, pdf_obj* resources, fz_image* image) {
  pdf_obj* group = pdf_dict_get(ctx, resources, PDF_NAME(XObject));
  if (!group) group = pdf_dict_put_dict(ctx, resources, PDF_NAME(XObject), 1);
  inline_names_.push_back("PostroomInline" + std::to_string(inline_names_.size()));
  const char* name = inline_names_.back().c_str();
  pdf_dict_puts_drop(ctx, group, name, new_picture(ctx, document, image));
  return name;
}

void Recolour::stream(pdf_obj* object, pdf_obj* resources) {
  fz_context* ctx = document_.context();
  fz_buffer* out = fz_new_buffer(ctx, 1024);
  write_content(ctx, document_.get(), resources, object, to_cmyk_ ? this : nullptr, out);
  pdf_update_stream(ctx, document_.get(), object, out, 0);
  fz_drop_buffer(ctx, out);
}

void Recolour::xobject(pdf_obj* object, pdf_obj* outer_resources, int depth) {
  fz_context* ctx = document_.context();
  if (depth > kResourceDepthMax) refuse(ctx, "The PDF's drawings are nested too deep: make it again");
  if (!pdf_is_stream(ctx, object) || !first_time(object)) return;
  strip(object);
  pdf_obj* kind = pdf_dict_get(ctx, object, PDF_NAME(Subtype));
  if (pdf_name_eq(ctx, kind, PDF_NAME(Image))) {
    images_.push_back(object);
    return;
  }
  if (!pdf_name_eq(ctx, kind, PDF_NAME(Form))) return;
  pdf_obj* own = pdf_dict_get(ctx, object, PDF_NAME(Resources));
  pdf_obj* used = pdf_is_dict(ctx, own) ? own : outer_resources;
  stream(object, used);
  if (to_cmyk_) group_to_cmyk(ctx, document_.get(), object);
  resources(used, depth + 1);
}

void Recolour::pattern(pdf_obj* object, pdf_obj* outer_resources, int depth) {
  fz_context* ctx = document_.context();
  if (depth > kResourceDepthMax || !pdf_is_dict(ctx, object) || !first_time(object)) return;
  strip(object);
  if (pdf_obj* shading = pdf_dict_get(ctx, object, PDF_NAME(Shading)); shading && first_time(shading))
    shadings_.push_back(shading);
  if (!pdf_is_stream(ctx, object)) return;
  pdf_obj* own = pdf_dict_get(ctx, object, PDF_NAME(Resources));
  pdf_obj* used = pdf_is_dict(ctx, own) ? own : outer_resources;
  stream(object, used);
  resources(used, depth + 1);
}

void Recolour::drawn_font(pdf_obj* font, pdf_obj* outer_resources, int depth) {
  fz_context* ctx = document_.context();
  if (!pdf_is_dict(ctx, font) || !first_time(font)) return;
  strip(font);
  if (!pdf_name_eq(ctx, pdf_dict_get(ctx, font, PDF_NAME(Subtype)), PDF_NAME(Type3))) return;
  pdf_obj* own = pdf_dict_get(ctx, font, PDF_NAME(Resources));
  pdf_obj* used = pdf_is_dict(ctx, own) ? own : outer_resources;
  pdf_obj* glyphs = pdf_dict_get(ctx, font, PDF_NAME(CharProcs));
  for (int i = 0; i < pdf_dict_len(ctx, glyphs); ++i) {
    pdf_obj* glyph = pdf_dict_get_val(ctx, glyphs, i);
    if (pdf_is_stream(ctx, glyph) && first_time(glyph)) stream(glyph, used);
  }
  resources(used, depth + 1);
}

void Recolour::resources(pdf_obj* resources, int depth) {
  fz_context* ctx = document_.context();
  if (depth > kResourceDepthMax) refuse(ctx, "The PDF's drawings are nested too deep: make it again");
  if (!pdf_is_dict(ctx, resources) || !first_time(resources)) return;
  resources_.push_back(resources);
  pdf_obj* group = pdf_dict_get(ctx, resources, PDF_NAME(XObject));
  for (int i = 0; i < pdf_dict_len(ctx, group); ++i) xobject(pdf_dict_get_val(ctx, group, i), resources, depth);
  group = pdf_dict_get(ctx, resources, PDF_NAME(Pattern));
  for (int i = 0; i < pdf_dict_len(ctx, group); ++i) pattern(pdf_dict_get_val(ctx, group, i), resources, depth);
  group = pdf_dict_get(ctx, resources, PDF_NAME(Shading));
  for (int i = 0; i < pdf_dict_len(ctx, group); ++i)
    if (pdf_obj* shading = pdf_dict_get_val(ctx, group, i); first_time(shading)) shadings_.push_back(shading);
  group = pdf_dict_get(ctx, resources, PDF_NAME(Font));
  for (int i = 0; i < pdf_dict_len(ctx, group); ++i) drawn_font(pdf_dict_get_val(ctx, group, i), resources, depth);
}

void Recolour::page(pdf_obj* page) {
  fz_context* ctx = document_.context();
  pdf_obj* used = pdf_dict_get(ctx, page, PDF_NAME(Resources));
  fz_buffer* out = fz_new_buffer(ctx, 4096);
  if (pdf_obj* contents = pdf_dict_get(ctx, page, PDF_NAME(Contents)))
    write_content(ctx, document_.get(), used, contents, to_cmyk_ ? this : nullptr, out);
  pdf_dict_put_drop(ctx, page, PDF_NAME(Contents), pdf_add_stream(ctx, document_.get(), out, nullptr, 0));
  fz_drop_buffer(ctx, out);
  if (to_cmyk_) group_to_cmyk(ctx, document_.get(), page);
  resources(used, 0);
}

void Recolour::run() {
  fz_context* ctx = document_.context();
  for (int i = 0; i < document_.page_count(); ++i) page(document_.page_object(i));
  if (!to_cmyk_) return;
  for (pdf_obj* image : images_) picture_to_cmyk(ctx, document_.get(), image);
  for (pdf_obj* shading : shadings_) shading_to_cmyk(ctx, document_.get(), shading);
  for (pdf_obj* resources : resources_) {
    pdf_obj* spaces = pdf_dict_get(ctx, resources, PDF_NAME(ColorSpace));
    if (!pdf_is_dict(ctx, spaces)) continue;
    pdf_dict_del(ctx, spaces, PDF_NAME(DefaultRGB));
    for (int i = 0; i < pdf_dict_len(ctx, spaces); ++i) {
      pdf_obj* changed = space_in_cmyk(ctx, document_.get(), pdf_dict_get_val(ctx, spaces, i), 0);
      pdf_dict_put_drop(ctx, spaces, pdf_dict_get_key(ctx, spaces, i), changed);
    }
  }
}

}  // namespace postroom::pdfscan
