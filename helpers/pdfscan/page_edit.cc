#include "page_edit.h"

#include "content_writer.h"

namespace postroom::pdfscan {
namespace {

constexpr float kTintOpacity = 0.2F;
constexpr const char* kTintState = "PostroomTint";

fz_rect in_page_space(fz_context* ctx, pdf_page* page, const pdf::Box& box) {
  return fz_transform_rect(to_points(box), fz_invert_matrix(display_matrix(ctx, page, nullptr)));
}

void append_rect(fz_context* ctx, fz_buffer* drawing, fz_rect rect) {
  fz_append_printf(ctx, drawing, "%g %g %g %g re\n", rect.x0, rect.y0, rect.x1 - rect.x0, rect.y1 - rect.y0);
}

bool is_printed(fz_context* ctx, pdf_document* document, pdf_annot* annotation) {
  int flags = pdf_annot_flags(ctx, annotation);
  if ((flags & PDF_ANNOT_IS_HIDDEN) != 0 || (flags & PDF_ANNOT_IS_PRINT) == 0) return false;
  pdf_obj* object = pdf_annot_obj(ctx, annotation);
  if (pdf_name_eq(ctx, pdf_dict_get(ctx, object, PDF_NAME(Subtype)), PDF_NAME(Popup))) return false;
  return !pdf_is_ocg_hidden(ctx, document, nullptr, "Print", pdf_dict_get(ctx, object, PDF_NAME(OC)));
}

bool touches(fz_context* ctx, pdf_annot* annotation, const std::vector<pdf::Box>& unwanted) {
  for (const pdf::Box& box : unwanted)
    if (!fz_is_empty_rect(fz_intersect_rect(pdf_bound_annot(ctx, annotation), to_points(box)))) return true;
  return false;
}

}  // namespace

const char* PageEditor::add_xobject(pdf_obj* page, pdf_obj* form) {
  fz_context* ctx = document_.context();
  // Resources may be shared with pages that must not change.
  pdf_obj* resources =
      pdf_copy_dict(ctx, pdf_resolve_indirect_chain(ctx, pdf_dict_get(ctx, page, PDF_NAME(Resources))));
  pdf_obj* group = pdf_dict_get(ctx, resources, PDF_NAME(XObject));
  pdf_obj* copy = pdf_is_dict(ctx, group) ? pdf_copy_dict(ctx, pdf_resolve_indirect_chain(ctx, group))
                                          : pdf_new_dict(ctx, document_.get(), 1);
  name_ = "PostroomForm" + std::to_string(names_++);
  pdf_dict_puts(ctx, copy, name_.c_str(), form);
  pdf_dict_put_drop(ctx, resources, PDF_NAME(XObject), copy);
  pdf_dict_put_drop(ctx, page, PDF_NAME(Resources), resources);
  return name_.c_str();
}

void PageEditor::append(int index, fz_buffer* drawing) {
  fz_context* ctx = document_.context();
  if (whole_.empty()) whole_.resize(static_cast<std::size_t>(document_.page_count()));
  pdf_obj* page = document_.page_object(index);
  pdf_obj* old = pdf_dict_get(ctx, page, PDF_NAME(Contents));
  fz_buffer* whole = fz_new_buffer(ctx, 4096);
  fz_append_string(ctx, whole, "q\n");
  if (old && whole_[static_cast<std::size_t>(index)]) {
    fz_buffer* content = pdf_load_stream(ctx, old);
    fz_append_buffer(ctx, whole, content);
    fz_drop_buffer(ctx, content);
  } else if (old) {
    write_content(ctx, document_.get(), pdf_dict_get(ctx, page, PDF_NAME(Resources)), old, nullptr, whole);
  }
  fz_append_string(ctx, whole, "\nQ\n");
  fz_append_buffer(ctx, whole, drawing);
  pdf_dict_put_drop(ctx, page, PDF_NAME(Contents), pdf_add_stream(ctx, document_.get(), whole, nullptr, 0));
  fz_drop_buffer(ctx, whole);
  whole_[static_cast<std::size_t>(index)] = true;
}

void PageEditor::redact(const std::vector<pdf::Box>& boxes) {
  fz_context* ctx = document_.context();
  pdf_page* page = pdf_load_page(ctx, document_.get(), 0);
  for (const pdf::Box& box : boxes) {
    pdf_annot* annotation = pdf_create_annot(ctx, page, PDF_ANNOT_REDACT);
    fz_rect area = to_points(box);
    pdf_set_annot_rect(ctx, annotation, area);
    pdf_add_annot_quad_point(ctx, annotation, fz_quad_from_rect(area));
    pdf_drop_annot(ctx, annotation);
  }
  pdf_redact_options options{.black_boxes = 0, .image_method = PDF_REDACT_IMAGE_PIXELS};
  pdf_redact_page(ctx, document_.get(), page, &options);
  fz_drop_page(ctx, &page->super);
}

void PageEditor::flatten_annotation(pdf_annot* annotation, pdf_obj* page, fz_buffer* drawing) {
  fz_context* ctx = document_.context();
  pdf_obj* shown = pdf_annot_ap(ctx, annotation);
  if (!pdf_is_stream(ctx, shown)) return;
  fz_matrix matrix = pdf_annot_transform(ctx, annotation);
  fz_buffer* content = pdf_load_stream(ctx, shown);
  pdf_obj* form = pdf_new_xobject(ctx, document_.get(), pdf_xobject_bbox(ctx, shown),
                                  pdf_xobject_matrix(ctx, shown), pdf_xobject_resources(ctx, shown), content);
  if (pdf_obj* group = pdf_dict_get(ctx, shown, PDF_NAME(Group))) pdf_dict_put(ctx, form, PDF_NAME(Group), group);
  fz_drop_buffer(ctx, content);
  const char* name = add_xobject(page, form);
  pdf_drop_obj(ctx, form);
  fz_append_printf(ctx, drawing, "q\n%g %g %g %g %g %g cm\n/%s Do\nQ\n", matrix.a, matrix.b, matrix.c, matrix.d,
                   matrix.e, matrix.f, name);
}

void PageEditor::flatten_page(int index, const std::vector<pdf::Box>& unwanted) {
  fz_context* ctx = document_.context();
  pdf_obj* object = document_.page_object(index);
  pdf_page* page = pdf_load_page(ctx, document_.get(), index);
  for (pdf_annot* each = pdf_first_annot(ctx, page); each; each = pdf_next_annot(ctx, each))
    if (!pdf_annot_ap(ctx, each)) pdf_annot_request_resynthesis(ctx, each);
  for (pdf_annot* each = pdf_first_widget(ctx, page); each; each = pdf_next_widget(ctx, each))
    if (!pdf_annot_ap(ctx, each)) pdf_annot_request_resynthesis(ctx, each);
  pdf_update_page(ctx, page);
  fz_buffer* drawing = fz_new_buffer(ctx, 256);
  for (pdf_annot* each = pdf_first_annot(ctx, page); each; each = pdf_next_annot(ctx, each))
    if (is_printed(ctx, document_.get(), each) && !touches(ctx, each, unwanted))
      flatten_annotation(each, object, drawing);
  for (pdf_annot* each = pdf_first_widget(ctx, page); each; each = pdf_next_widget(ctx, each))
    if (is_printed(ctx, document_.get(), each) && !touches(ctx, each, unwanted))
      flatten_annotation(each, object, drawing);
  fz_drop_page(ctx, &page->super);
  pdf_dict_del(ctx, object, PDF_NAME(Annots));
  unsigned char* data = nullptr;
  if (fz_buffer_storage(ctx, drawing, &data) > 0) append(index, drawing);
  fz_drop_buffer(ctx, drawing);
}

void PageEditor::flatten_annotations(const std::vector<pdf::Box>& unwanted) {
  fz_context* ctx = document_.context();
  for (int i = 0; i < document_.page_count(); ++i)
    if (pdf_dict_get(ctx, document_.page_object(i), PDF_NAME(Annots)))
      flatten_page(i, i == 0 ? unwanted : nothing_);
}

void PageEditor::whiten(const pdf::Box& box) {
  fz_context* ctx = document_.context();
  pdf_page* page = pdf_load_page(ctx, document_.get(), 0);
  fz_buffer* drawing = fz_new_buffer(ctx, 64);
  fz_append_string(ctx, drawing, "q\n1 g\n");
  append_rect(ctx, drawing, in_page_space(ctx, page, box));
  fz_append_string(ctx, drawing, "f\nQ\n");
  append(0, drawing);
  fz_drop_buffer(ctx, drawing);
  fz_drop_page(ctx, &page->super);
}

void PageEditor::stamp(Document& stamp) {
  fz_context* ctx = document_.context();
  // MuPDF 1.21 mixes up objects of two documents that are in its store at the same time, and writes out of bounds.
  fz_empty_store(ctx);
  pdf_page* page = pdf_load_page(ctx, document_.get(), 0);
  pdf_page* source = pdf_load_page(ctx, stamp.get(), 0);
  fz_rect box;
  fz_matrix shown;
  pdf_page_transform(ctx, source, &box, &shown);
  fz_matrix matrix = fz_concat(shown, fz_invert_matrix(display_matrix(ctx, page, nullptr)));
  pdf_obj* resources = pdf_graft_object(ctx, document_.get(), pdf_page_resources(ctx, source));
  fz_buffer* content = fz_new_buffer(ctx, 1024);
  if (pdf_obj* contents = pdf_page_contents(ctx, source))
    write_content(ctx, stamp.get(), pdf_page_resources(ctx, source), contents, nullptr, content);
  pdf_obj* form = pdf_new_xobject(ctx, document_.get(), box, matrix, resources, content);
  fz_drop_buffer(ctx, content);
  pdf_drop_obj(ctx, resources);
  fz_drop_page(ctx, &source->super);
  fz_empty_store(ctx);
  const char* name = add_xobject(document_.page_object(0), form);
  pdf_drop_obj(ctx, form);
  fz_buffer* drawing = fz_new_buffer(ctx, 64);
  fz_append_printf(ctx, drawing, "q\n/%s Do\nQ\n", name);
  append(0, drawing);
  fz_drop_buffer(ctx, drawing);
  fz_drop_page(ctx, &page->super);
}

void PageEditor::tint(int index, const std::vector<pdf::Box>& boxes) {
  if (boxes.empty()) return;
  fz_context* ctx = document_.context();
  pdf_obj* object = document_.page_object(index);
  pdf_page* page = pdf_load_page(ctx, document_.get(), index);
  pdf_obj* resources =
      pdf_copy_dict(ctx, pdf_resolve_indirect_chain(ctx, pdf_dict_get(ctx, object, PDF_NAME(Resources))));
  pdf_obj* group = pdf_dict_get(ctx, resources, PDF_NAME(ExtGState));
  pdf_obj* states = pdf_is_dict(ctx, group) ? pdf_copy_dict(ctx, pdf_resolve_indirect_chain(ctx, group))
                                            : pdf_new_dict(ctx, document_.get(), 1);
  pdf_obj* state = pdf_new_dict(ctx, document_.get(), 1);
  pdf_dict_put_real(ctx, state, PDF_NAME(ca), kTintOpacity);
  pdf_dict_puts_drop(ctx, states, kTintState, state);
  pdf_dict_put_drop(ctx, resources, PDF_NAME(ExtGState), states);
  pdf_dict_put_drop(ctx, object, PDF_NAME(Resources), resources);
  // One path: what two boxes share is painted once.
  fz_buffer* drawing = fz_new_buffer(ctx, 256);
  fz_append_printf(ctx, drawing, "q\n/%s gs\n1 0 0 rg\n", kTintState);
  for (const auto& box : boxes) append_rect(ctx, drawing, in_page_space(ctx, page, box));
  fz_append_string(ctx, drawing, "f\nQ\n");
  append(index, drawing);
  fz_drop_buffer(ctx, drawing);
  fz_drop_page(ctx, &page->super);
}

}  // namespace postroom::pdfscan
