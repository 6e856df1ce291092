#include "rewrite.h"

namespace postroom::pdfscan {
namespace {

constexpr int kVersion = 17;  // PDF 1.7

// What may stay of a page and of the catalog.
bool stays(fz_context* ctx, pdf_obj* key, std::initializer_list<pdf_obj*> kept) {
  for (pdf_obj* each : kept)
    if (pdf_name_eq(ctx, key, each)) return true;
  return false;
}

void keep_only(fz_context* ctx, pdf_obj* dictionary, std::initializer_list<pdf_obj*> kept) {
  for (int i = pdf_dict_len(ctx, dictionary) - 1; i >= 0; --i) {
    pdf_obj* key = pdf_dict_get_key(ctx, dictionary, i);
    if (!stays(ctx, key, kept)) pdf_dict_del(ctx, dictionary, key);
  }
}

void keep_pages_only(Document& document) {
  fz_context* ctx = document.context();
  for (int i = 0; i < document.page_count(); ++i)
    keep_only(ctx, document.page_object(i),
              {PDF_NAME(Type), PDF_NAME(Parent), PDF_NAME(MediaBox), PDF_NAME(Rotate), PDF_NAME(UserUnit),
               PDF_NAME(Resources), PDF_NAME(Contents), PDF_NAME(Group)});
  pdf_obj* trailer = pdf_trailer(ctx, document.get());
  keep_only(ctx, pdf_dict_get(ctx, trailer, PDF_NAME(Root)),
            {PDF_NAME(Type), PDF_NAME(Pages), PDF_NAME(OCProperties), PDF_NAME(Lang)});
}

// The same document and changes give the same bytes.
void save(Document& document, Bytes& out) {
  fz_context* ctx = document.context();
  pdf_obj* trailer = pdf_trailer(ctx, document.get());
  pdf_dict_del(ctx, trailer, PDF_NAME(Info));
  pdf_dict_del(ctx, trailer, PDF_NAME(ID));
  document.get()->version = kVersion;
  pdf_write_options options = pdf_default_write_options;
  options.do_garbage = 2;
  options.do_compress = 1;
  options.do_compress_images = 1;
  options.do_compress_fonts = 1;
  options.do_encrypt = PDF_ENCRYPT_NONE;
  options.dont_regenerate_id = 1;
  options.do_preserve_metadata = 1;
  fz_buffer* buffer = fz_new_buffer(ctx, 64 << 10);
  fz_output* output = fz_new_output_with_buffer(ctx, buffer);
  pdf_write_document(ctx, document.get(), output, &options);
  fz_close_output(ctx, output);
  fz_drop_output(ctx, output);
  unsigned char* data = nullptr;
  std::size_t bytes = fz_buffer_storage(ctx, buffer, &data);
  out.assign(reinterpret_cast<const char*>(data), bytes);
  fz_drop_buffer(ctx, buffer);
}

}  // namespace

Rewriter::Rewriter(Document& document, Document* stamp, const ports::PdfRewrite& changes)
    : document_(document),
      stamp_(stamp),
      changes_(changes),
      editor_(document),
      preparer_(document, false),
      recolour_(document, changes.to_cmyk),
      fonts_(document),
      embedder_(document) {}

void Rewriter::run(Bytes& out) {
  // First: what MuPDF makes for annotations without a look of their own is gone when the page is loaded again.
  editor_.flatten_annotations(changes_.redact);
  if (!changes_.redact.empty()) {
    preparer_.prepare(0);
    editor_.redact(changes_.redact);
  }
  if (changes_.whiten) editor_.whiten(*changes_.whiten);
  if (stamp_) editor_.stamp(*stamp_);
  recolour_.run();
  if (changes_.embed_fonts) {
    fonts_.run();
    for (pdf_obj* font : fonts_.fonts())
      if (!is_embedded(document_.context(), font)) embedder_.embed(font);
  }
  keep_pages_only(document_);
  save(document_, out);
}

void tint_zones(Document& document, PageEditor& editor, Recolour& cleaner, const ports::PdfZoneTint& zones,
                Bytes& out) {
  editor.flatten_annotations();
  for (int i = 0; i < document.page_count(); ++i) editor.tint(i, i == 0 ? zones.first : zones.others);
  cleaner.run();
  keep_pages_only(document);
  save(document, out);
}

}  // namespace postroom::pdfscan
