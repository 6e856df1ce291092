#include "embed.h"

#include <hb-subset.h>

#include <algorithm>
#include <cstring>

#include "raster.h"

namespace postroom::pdfscan {
namespace {

constexpr int kCodes = 256;
constexpr unsigned kCids = 65'536;   // codes of two bytes
constexpr int kRangesInBlock = 100;  // of a CMap (Adobe Technical Note 5014)

const unsigned char* face_bytes(fz_context* ctx, fz_font* face, std::size_t& bytes) {
  unsigned char* data = nullptr;
  bytes = face->buffer ? fz_buffer_storage(ctx, face->buffer, &data) : 0;
  return data;
}

// A bare table of outlines (Adobe Technical Note 5176), not a file of tables.
bool is_compact(const unsigned char* data, std::size_t bytes) { return bytes > 4 && data[0] == 1 && data[1] == 0; }

struct GlyphFinder {
  fz_device super;
  std::map<const unsigned char*, std::set<int>>* used;
};

void see(fz_context* ctx, fz_device* device, const fz_text* text) {
  auto& used = *reinterpret_cast<GlyphFinder*>(device)->used;
  for (fz_text_span* span = text->head; span; span = span->next) {
    std::size_t bytes = 0;
    const unsigned char* data = face_bytes(ctx, span->font, bytes);
    for (int i = 0; data && i < span->len; ++i)
      if (span->items[i].gid >= 0) used[data].insert(span->items[i].gid);
  }
}

void fill_text(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix, fz_colorspace*, const float*,
               float, fz_color_params) {
  see(ctx, device, text);
}
void stroke_text(fz_context* ctx, fz_device* device, const fz_text* text, const fz_stroke_state*, fz_matrix,
                 fz_colorspace*, const float*, float, fz_color_params) {
  see(ctx, device, text);
}
void clip_text(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix, fz_rect) {
  see(ctx, device, text);
}
void clip_stroke_text(fz_context* ctx, fz_device* device, const fz_text* text, const fz_stroke_state*, fz_matrix,
                      fz_rect) {
  see(ctx, device, text);
}
void ignore_text(fz_context* ctx, fz_device* device, const fz_text* text, fz_matrix) { see(ctx, device, text); }

// Null when it cannot be done: then the whole face is taken.
hb_blob_t* subset(const unsigned char* data, std::size_t bytes, const std::set<int>& glyphs) {
  hb_blob_t* whole = hb_blob_create(reinterpret_cast<const char*>(data), static_cast<unsigned>(bytes),
                                    HB_MEMORY_MODE_READONLY, nullptr, nullptr);
  hb_face_t* face = hb_face_create(whole, 0);
  hb_subset_input_t* input = hb_subset_input_create_or_fail();
  hb_blob_t* out = nullptr;
  if (input) {
    hb_set_add(hb_subset_input_glyph_set(input), 0);
    for (int glyph : glyphs) hb_set_add(hb_subset_input_glyph_set(input), static_cast<hb_codepoint_t>(glyph));
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_RETAIN_GIDS | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    if (hb_face_t* part = hb_subset_or_fail(face, input)) {
      out = hb_face_reference_blob(part);
      hb_face_destroy(part);
    }
    hb_subset_input_destroy(input);
  }
  hb_face_destroy(face);
  hb_blob_destroy(whole);
  return out;
}

void put_widths(fz_context* ctx, pdf_obj* font, pdf_font_desc* loaded) {
  if (pdf_is_array(ctx, pdf_dict_get(ctx, font, PDF_NAME(Widths)))) return;
  pdf_dict_put_int(ctx, font, PDF_NAME(FirstChar), 0);
  pdf_dict_put_int(ctx, font, PDF_NAME(LastChar), kCodes - 1);
  pdf_obj* widths = pdf_dict_put_array(ctx, font, PDF_NAME(Widths), kCodes);
  for (int code = 0; code < kCodes; ++code)
    pdf_array_push_int(ctx, widths, pdf_lookup_hmtx(ctx, loaded, pdf_lookup_cmap(loaded->encoding, code)).w);
}

void put_encoding(fz_context* ctx, pdf_document* document, pdf_obj* font, pdf_font_desc* loaded) {
  pdf_obj* encoding = pdf_new_dict(ctx, document, 2);
  pdf_dict_put(ctx, encoding, PDF_NAME(Type), PDF_NAME(Encoding));
  pdf_obj* differences = pdf_dict_put_array(ctx, encoding, PDF_NAME(Differences), kCodes);
  int next = -1;
  for (int code = 0; code < kCodes; ++code) {
    int glyph = pdf_font_cid_to_gid(ctx, loaded, code);
    if (glyph <= 0) continue;
    char name[64];
    fz_get_glyph_name(ctx, loaded->font, glyph, name, sizeof name);
    if (code != next) pdf_array_push_int(ctx, differences, code);
    pdf_array_push_name(ctx, differences, name);
    next = code + 1;
  }
  pdf_dict_put_drop(ctx, font, PDF_NAME(Encoding), encoding);
}

// Zero where the code means nothing, or has no glyph.
int glyph_of(fz_context* ctx, pdf_font_desc* loaded, unsigned code) {
  int cid = pdf_lookup_cmap(loaded->encoding, code);
  return cid < 0 ? 0 : pdf_font_cid_to_gid(ctx, loaded, cid);
}

// Horizontal, and no codes of one byte.
bool has_plain_codes(const pdf_font_desc* loaded) {
  const pdf_cmap* codes = loaded->encoding;
  if (!codes || loaded->wmode != 0) return false;
  for (int i = 0; i < codes->codespace_len; ++i)
    if (codes->codespace[i].n == 1) return false;
  return codes->codespace_len > 0 || codes->usecmap;
}

// Null for fonts that cannot be read: nothing is drawn in them either.
pdf_font_desc* load_font(fz_context* ctx, pdf_document* document, pdf_obj* font) {
  pdf_font_desc* loaded = nullptr;
  fz_var(loaded);
  fz_try(ctx) loaded = pdf_load_font(ctx, document, nullptr, font);
  fz_catch(ctx) fz_rethrow_if(ctx, FZ_ERROR_MEMORY);
  return loaded;
}

}  // namespace

void FontEmbedder::find_used_glyphs() {
  if (searched_) return;
  searched_ = true;
  fz_context* ctx = document_.context();
  for (int i = 0; i < document_.page_count(); ++i) {
    pdf_page* page = pdf_load_page(ctx, document_.get(), i);
    fz_display_list* list = printed_page(ctx, page);
    auto* finder = reinterpret_cast<GlyphFinder*>(fz_new_device_of_size(ctx, sizeof(GlyphFinder)));
    finder->used = &used_;
    finder->super.fill_text = fill_text;
    finder->super.stroke_text = stroke_text;
    finder->super.clip_text = clip_text;
    finder->super.clip_stroke_text = clip_stroke_text;
    finder->super.ignore_text = ignore_text;
    fz_run_display_list(ctx, list, &finder->super, fz_identity, fz_infinite_rect, nullptr);
    fz_close_device(ctx, &finder->super);
    fz_drop_device(ctx, &finder->super);
    fz_drop_display_list(ctx, list);
    fz_drop_page(ctx, &page->super);
  }
}

pdf_obj* FontEmbedder::compact_file(fz_font* face, const char* kind) {
  fz_context* ctx = document_.context();
  std::size_t bytes = 0;
  const unsigned char* data = face_bytes(ctx, face, bytes);
  pdf_obj*& file = files_[data];
  if (file) return file;
  pdf_obj* entries = pdf_new_dict(ctx, document_.get(), 2);
  pdf_dict_put_name(ctx, entries, PDF_NAME(Subtype), kind);
  file = pdf_add_stream(ctx, document_.get(), face->buffer, entries, 0);
  pdf_drop_obj(ctx, entries);
  return file;
}

pdf_obj* FontEmbedder::subset_file(fz_font* face) {
  fz_context* ctx = document_.context();
  find_used_glyphs();
  std::size_t bytes = 0;
  const unsigned char* data = face_bytes(ctx, face, bytes);
  pdf_obj*& file = files_[data];
  if (file) return file;
  hb_blob_t* part = subset(data, bytes, used_[data]);
  unsigned part_bytes = 0;
  const char* part_data = part ? hb_blob_get_data(part, &part_bytes) : nullptr;
  fz_buffer* buffer =
      part_data ? fz_new_buffer_from_copied_data(ctx, reinterpret_cast<const unsigned char*>(part_data), part_bytes)
                : fz_keep_buffer(ctx, face->buffer);
  hb_blob_destroy(part);
  file = pdf_add_stream(ctx, document_.get(), buffer, nullptr, 0);
  pdf_dict_put_int(ctx, file, PDF_NAME(Length1),
                   static_cast<std::int64_t>(fz_buffer_storage(ctx, buffer, nullptr)));
  unsigned char* written = nullptr;
  if (fz_buffer_storage(ctx, buffer, &written) > 4 && std::memcmp(written, "OTTO", 4) == 0)
    pdf_dict_put_name(ctx, file, PDF_NAME(Subtype), "OpenType");
  fz_drop_buffer(ctx, buffer);
  return file;
}

pdf_obj* FontEmbedder::descriptor(pdf_obj* font, pdf_font_desc* loaded) {
  fz_context* ctx = document_.context();
  pdf_obj* old = pdf_dict_get(ctx, font, PDF_NAME(FontDescriptor));
  pdf_obj* out = pdf_is_dict(ctx, old) ? pdf_copy_dict(ctx, pdf_resolve_indirect_chain(ctx, old))
                                       : pdf_new_dict(ctx, document_.get(), 12);
  fz_font_flags_t flags = *fz_font_flags(loaded->font);
  if (!pdf_is_dict(ctx, old)) {
    int bits = PDF_FD_SYMBOLIC | (flags.is_mono ? PDF_FD_FIXED_PITCH : 0) | (flags.is_serif ? PDF_FD_SERIF : 0) |
               (flags.is_italic ? PDF_FD_ITALIC : 0);
    pdf_dict_put_int(ctx, out, PDF_NAME(Flags), bits);
    fz_rect box = fz_font_bbox(ctx, loaded->font);
    pdf_dict_put_rect(ctx, out, PDF_NAME(FontBBox), fz_transform_rect(box, fz_scale(1000, 1000)));
    pdf_dict_put_int(ctx, out, PDF_NAME(ItalicAngle), flags.is_italic ? -12 : 0);
    pdf_dict_put_int(ctx, out, PDF_NAME(Ascent), static_cast<int>(fz_font_ascender(ctx, loaded->font) * 1000));
    pdf_dict_put_int(ctx, out, PDF_NAME(Descent), static_cast<int>(fz_font_descender(ctx, loaded->font) * 1000));
    pdf_dict_put_int(ctx, out, PDF_NAME(CapHeight), 700);
    pdf_dict_put_int(ctx, out, PDF_NAME(StemV), flags.is_bold ? 140 : 80);
  }
  pdf_dict_put(ctx, out, PDF_NAME(Type), PDF_NAME(FontDescriptor));
  if (pdf_obj* name = pdf_dict_get(ctx, font, PDF_NAME(BaseFont))) pdf_dict_put(ctx, out, PDF_NAME(FontName), name);
  pdf_obj* reference = pdf_add_object_drop(ctx, document_.get(), out);
  pdf_dict_put_drop(ctx, font, PDF_NAME(FontDescriptor), reference);
  return pdf_dict_get(ctx, font, PDF_NAME(FontDescriptor));
}

void FontEmbedder::embed_simple(pdf_obj* font, pdf_font_desc* loaded) {
  fz_context* ctx = document_.context();
  pdf_obj* file = compact_file(loaded->font, "Type1C");
  put_widths(ctx, font, loaded);
  put_encoding(ctx, document_.get(), font, loaded);
  pdf_dict_put(ctx, font, PDF_NAME(Subtype), PDF_NAME(Type1));
  pdf_dict_put(ctx, descriptor(font, loaded), PDF_NAME(FontFile3), file);
}

// A face in a composite font is addressed by the numbers of its glyphs, so codes must lead to those.
void FontEmbedder::embed_composite(pdf_obj* font, pdf_font_desc* loaded) {
  fz_context* ctx = document_.context();
  pdf_document* document = document_.get();
  pdf_obj* described = pdf_array_get(ctx, pdf_dict_get(ctx, font, PDF_NAME(DescendantFonts)), 0);
  fz_buffer* ranges = fz_new_buffer(ctx, 4096);
  fz_append_string(ctx, ranges,
                   "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
                   "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> def\n"
                   "/CMapName /PostroomGlyphs def /CMapType 1 def\n"
                   "1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
  pdf_obj* widths = pdf_new_array(ctx, document, 256);
  pdf_obj* given = pdf_dict_get(ctx, described, PDF_NAME(DW));
  int usual = given ? pdf_to_int(ctx, given) : 1000;
  int left = 0;
  int total = 0;
  for (unsigned code = 0; code < kCids; ++code) total += glyph_of(ctx, loaded, code) > 0;
  for (unsigned code = 0; code < kCids; ++code) {
    int glyph = glyph_of(ctx, loaded, code);
    if (glyph <= 0) continue;
    if (left == 0) {
      left = std::min(total, kRangesInBlock);
      fz_append_printf(ctx, ranges, "%d begincidchar\n", left);
    }
    fz_append_printf(ctx, ranges, "<%04x> %d\n", static_cast<int>(code), glyph);
    --total;
    if (--left == 0) fz_append_string(ctx, ranges, "endcidchar\n");
    int width = pdf_lookup_hmtx(ctx, loaded, pdf_lookup_cmap(loaded->encoding, code)).w;
    if (width == usual) continue;
    for (int number : {glyph, glyph, width}) pdf_array_push_int(ctx, widths, number);
  }
  fz_append_string(ctx, ranges, "endcmap CMapName currentdict /CMap defineresource pop end end\n");
  pdf_obj* entries = pdf_new_dict(ctx, document, 4);
  pdf_dict_put_name(ctx, entries, PDF_NAME(Type), "CMap");
  pdf_dict_puts_drop(ctx, entries, "CMapName", pdf_new_name(ctx, "PostroomGlyphs"));
  pdf_obj* info = pdf_dict_put_dict(ctx, entries, PDF_NAME(CIDSystemInfo), 3);
  pdf_dict_put_string(ctx, info, PDF_NAME(Registry), "Adobe", 5);
  pdf_dict_put_string(ctx, info, PDF_NAME(Ordering), "Identity", 8);
  pdf_dict_put_int(ctx, info, PDF_NAME(Supplement), 0);
  pdf_dict_put(ctx, described, PDF_NAME(CIDSystemInfo), info);
  pdf_dict_put_drop(ctx, font, PDF_NAME(Encoding), pdf_add_stream(ctx, document, ranges, entries, 0));
  pdf_drop_obj(ctx, entries);
  fz_drop_buffer(ctx, ranges);
  pdf_dict_put_drop(ctx, described, PDF_NAME(W), widths);
  put_composite_file(described, loaded);
}

void FontEmbedder::put_composite_file(pdf_obj* described, pdf_font_desc* loaded) {
  fz_context* ctx = document_.context();
  std::size_t bytes = 0;
  const unsigned char* data = face_bytes(ctx, loaded->font, bytes);
  pdf_dict_del(ctx, described, PDF_NAME(CIDToGIDMap));
  pdf_dict_put(ctx, described, PDF_NAME(Subtype), PDF_NAME(CIDFontType0));
  if (is_compact(data, bytes)) {
    pdf_obj* file = compact_file(loaded->font, "CIDFontType0C");
    pdf_dict_put(ctx, descriptor(described, loaded), PDF_NAME(FontFile3), file);
    return;
  }
  pdf_obj* file = subset_file(loaded->font);
  if (pdf_dict_get(ctx, file, PDF_NAME(Subtype))) {
    pdf_dict_put(ctx, descriptor(described, loaded), PDF_NAME(FontFile3), file);
    return;
  }
  pdf_dict_put(ctx, described, PDF_NAME(Subtype), PDF_NAME(CIDFontType2));
  pdf_dict_put_name(ctx, described, PDF_NAME(CIDToGIDMap), "Identity");
  pdf_dict_put(ctx, descriptor(described, loaded), PDF_NAME(FontFile2), file);
}

void FontEmbedder::embed(pdf_obj* font) {
  fz_context* ctx = document_.context();
  pdf_obj* kind = pdf_dict_get(ctx, font, PDF_NAME(Subtype));
  if (pdf_name_eq(ctx, kind, PDF_NAME(CIDFontType0)) || pdf_name_eq(ctx, kind, PDF_NAME(CIDFontType2))) return;
  pdf_font_desc* loaded = load_font(ctx, document_.get(), font);
  if (!loaded) return;
  std::size_t bytes = 0;
  const unsigned char* data = face_bytes(ctx, loaded->font, bytes);
  bool composite = pdf_is_dict(ctx, pdf_array_get(ctx, pdf_dict_get(ctx, font, PDF_NAME(DescendantFonts)), 0));
  if (bytes > 0 && !composite && is_compact(data, bytes))
    embed_simple(font, loaded);
  else if (bytes > 0 && composite && has_plain_codes(loaded))
    embed_composite(font, loaded);
  pdf_drop_font(ctx, loaded);
}

}  // namespace postroom::pdfscan
