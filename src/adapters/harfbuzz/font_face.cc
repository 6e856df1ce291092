#include "adapters/harfbuzz/font_face.h"

#include <fmt/format.h>
#include <hb-ot.h>
#include <hb-subset.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string_view>

#include "core/pdf/deflate.h"

namespace postroom::harfbuzz {
namespace {

using BlobHandle = std::unique_ptr<hb_blob_t, Destroyer<hb_blob_destroy>>;
using SubsetInputHandle = std::unique_ptr<hb_subset_input_t, Destroyer<hb_subset_input_destroy>>;

struct CodeRange {
  char32_t first;
  char32_t last;
};
constexpr CodeRange kEnglishRanges[] = {{0x20, 0x7E},     {0xA0, 0xA0},     {0xA3, 0xA3},
                                        {0xB7, 0xB7},     {0x2010, 0x2015}, {0x2018, 0x201E},
                                        {0x2022, 0x2022}, {0x2026, 0x2026}, {0x20AC, 0x20AC}};
// With the Romanian letters with comma below, footnote marks, per mille, primes, trade mark, minus.
constexpr CodeRange kLatinRanges[] = {{0xA0, 0x17F},    {0x218, 0x21B},   {0x2020, 0x2021}, {0x2030, 0x2030},
                                      {0x2032, 0x2033}, {0x2039, 0x203A}, {0x2122, 0x2122}, {0x2212, 0x2212}};

// Joined forms, ligatures and radicals that Unicode has for the sake of older character sets: glyphs of shaped text
// stand for the letters themselves.
bool is_form(char32_t c) {
  return (c >= 0xFB00 && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFF) || (c >= 0x2E80 && c <= 0x2FDF);
}

// Tables a PDF reader has no use for: it is told glyph numbers, widths and texts by the document.
constexpr hb_tag_t kUnusedTables[] = {
    HB_TAG('c', 'm', 'a', 'p'), HB_TAG('n', 'a', 'm', 'e'), HB_TAG('p', 'o', 's', 't'), HB_TAG('O', 'S', '/', '2'),
    HB_TAG('G', 'S', 'U', 'B'), HB_TAG('G', 'P', 'O', 'S'), HB_TAG('G', 'D', 'E', 'F'), HB_TAG('k', 'e', 'r', 'n'),
    HB_TAG('g', 'a', 's', 'p'), HB_TAG('F', 'F', 'T', 'M'), HB_TAG('D', 'S', 'I', 'G'), HB_TAG('m', 'e', 't', 'a')};

constexpr int kSmallestDeflateLevel = 9;  // fonts are compressed once, read thousands of times

int big_endian_16(const char* at) {
  auto high = static_cast<unsigned char>(at[0]);
  auto low = static_cast<unsigned char>(at[1]);
  return static_cast<std::int16_t>(high << 8 | low);
}

std::string postscript_name(hb_face_t* face) {
  char name[64];
  unsigned size = sizeof name;
  hb_ot_name_get_utf8(face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size, name);
  // Names are written as PDF names, where blanks and delimiters would need escaping; fonts do not use them.
  std::string clean;
  for (char c : std::string_view(name, size))
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-') clean += c;
  return clean.empty() ? "Font" : clean;
}

}  // namespace

Result<std::shared_ptr<const FontFace>> FontFace::load(const std::string& path, std::string_view package, bool bold,
                                                       bool common) {
  BlobHandle blob(hb_blob_create_from_file_or_fail(path.c_str()));
  if (!blob) {
    return fail(ErrorKind::not_found,
                fmt::format("Letters need the font file {}, which cannot be read; install the "
                            "package {} or configure another font",
                            path, package));
  }
  auto face = std::make_shared<FontFace>(Token{});
  face->face_.reset(hb_face_create(blob.get(), 0));
  face->units_per_em_ = static_cast<int>(hb_face_get_upem(face->face_.get()));
  BlobHandle outlines(hb_face_reference_table(face->face_.get(), HB_TAG('g', 'l', 'y', 'f')));
  if (hb_face_get_glyph_count(face->face_.get()) == 0 || hb_blob_get_length(outlines.get()) == 0) {
    return fail(ErrorKind::corrupt,
                fmt::format("{} is not a TrueType font with outlines; configure another font", path));
  }
  hb_face_make_immutable(face->face_.get());
  face->font_.reset(hb_font_create(face->face_.get()));
  hb_font_set_scale(face->font_.get(), face->units_per_em_, face->units_per_em_);
  hb_font_make_immutable(face->font_.get());
  face->name_ = postscript_name(face->face_.get());
  if (auto done = face->read_metrics(bold); !done) return fail_in(path, done.error());
  face->tiers_.resize(face->widths_.size(), kRare);
  if (!common) return face;
  if (auto done = face->make_shared(); !done) return fail_in(path, done.error());
  return face;
}

bool FontFace::has(char32_t c) const {
  hb_codepoint_t glyph = 0;
  return hb_font_get_nominal_glyph(font_.get(), c, &glyph) && glyph != 0;
}

std::uint16_t FontFace::glyph_of(char32_t c) const {
  hb_codepoint_t glyph = 0;
  hb_font_get_nominal_glyph(font_.get(), c, &glyph);
  return static_cast<std::uint16_t>(glyph);
}

Result<void> FontFace::read_metrics(bool bold) {
  BlobHandle head(hb_face_reference_table(face_.get(), HB_TAG('h', 'e', 'a', 'd')));
  unsigned length = 0;
  const char* data = hb_blob_get_data(head.get(), &length);
  constexpr unsigned kBoxOffset = 36;  // OpenType "head": xMin, yMin, xMax, yMax
  if (length < kBoxOffset + 8) return fail(ErrorKind::corrupt, "the font has no usable head table");
  auto thousandths = [&](int units) { return static_cast<int>(std::lround(to_thousandths(units))); };
  for (unsigned i = 0; i < 4; ++i) metrics_.box[i] = thousandths(big_endian_16(data + kBoxOffset + 2 * i));
  auto metric = [&](hb_ot_metrics_tag_t tag) {
    hb_position_t value = 0;
    hb_ot_metrics_get_position_with_fallback(font_.get(), tag, &value);
    return thousandths(value);
  };
  metrics_.ascent = metric(HB_OT_METRICS_TAG_HORIZONTAL_ASCENDER);
  metrics_.descent = metric(HB_OT_METRICS_TAG_HORIZONTAL_DESCENDER);
  metrics_.cap_height = metric(HB_OT_METRICS_TAG_CAP_HEIGHT);
  metrics_.bold = bold;

  unsigned glyphs = hb_face_get_glyph_count(face_.get());
  widths_.resize(glyphs);
  for (unsigned i = 0; i < glyphs; ++i) widths_[i] = to_thousandths(hb_font_get_glyph_h_advance(font_.get(), i));

  // Several characters may share a glyph (blank and no-break blank): the lowest is the one to copy, but for forms
  // of letters that nobody types.
  characters_.resize(glyphs, 0);
  SetHandle all(hb_set_create());
  hb_face_collect_unicodes(face_.get(), all.get());
  hb_codepoint_t c = HB_SET_VALUE_INVALID;
  while (hb_set_next(all.get(), &c)) {
    hb_codepoint_t glyph = 0;
    if (is_form(c)) continue;
    if (hb_font_get_nominal_glyph(font_.get(), c, &glyph) && glyph < glyphs && characters_[glyph] == 0)
      characters_[glyph] = c;
  }
  // Who copies or searches a web address means the hyphen of the keyboard.
  for (char32_t hyphen : {0x2010, 0x2011})
    if (has(hyphen)) characters_[glyph_of(hyphen)] = '-';
  return {};
}

Result<void> FontFace::make_shared() {
  SetHandle glyphs(hb_set_create());
  auto make = [&](std::uint8_t tier, std::span<const CodeRange> ranges) -> Result<void> {
    for (const CodeRange& range : ranges) {
      for (char32_t c = range.first; c <= range.last; ++c) {
        if (!has(c)) continue;
        std::uint16_t glyph = glyph_of(c);
        hb_set_add(glyphs.get(), glyph);
        tiers_[glyph] = std::min(tiers_[glyph], tier);
      }
    }
    POSTROOM_TRY(program, make_program(glyphs.get(), {}));
    shared_[tier] = std::move(program);
    return {};
  };
  POSTROOM_CHECK(make(kEnglish, kEnglishRanges));
  return make(kLatin, kLatinRanges);
}

Result<pdf::FontProgram> FontFace::subset(const std::vector<std::uint16_t>& glyphs,
                                          const std::vector<pdf::GlyphText>& texts) const {
  SetHandle set(hb_set_create());
  for (std::uint16_t glyph : glyphs) hb_set_add(set.get(), glyph);
  return make_program(set.get(), texts);
}

Result<pdf::FontProgram> FontFace::make_program(hb_set_t* glyphs, const std::vector<pdf::GlyphText>& texts) const {
  SubsetInputHandle input(hb_subset_input_create_or_fail());
  if (!input) return fail(ErrorKind::internal, "no memory to subset a font");
  // Glyph numbers stay, so that text shaped with the whole font fits the subset. Hints only serve coarse
  // screens and would double the size.
  hb_subset_input_set_flags(input.get(), HB_SUBSET_FLAGS_RETAIN_GIDS | HB_SUBSET_FLAGS_NO_HINTING);
  hb_set_union(hb_subset_input_glyph_set(input.get()), glyphs);
  hb_set_t* dropped = hb_subset_input_set(input.get(), HB_SUBSET_SETS_DROP_TABLE_TAG);
  for (hb_tag_t tag : kUnusedTables) hb_set_add(dropped, tag);
  FaceHandle face(hb_subset_or_fail(face_.get(), input.get()));
  if (!face) return fail(ErrorKind::corrupt, fmt::format("the font {} cannot be subset", name_));
  BlobHandle blob(hb_face_reference_blob(face.get()));
  unsigned length = 0;
  const char* data = hb_blob_get_data(blob.get(), &length);

  std::map<std::uint16_t, std::u32string> named;
  for (const pdf::GlyphText& entry : texts) named.emplace(entry.id, entry.text);
  std::vector<pdf::GlyphWidth> widths;
  std::vector<pdf::GlyphText> mapped;
  std::uint64_t fingerprint = 14695981039346656037ULL;
  hb_codepoint_t glyph = HB_SET_VALUE_INVALID;
  while (hb_set_next(glyphs, &glyph)) {
    auto id = static_cast<std::uint16_t>(glyph);
    fingerprint = (fingerprint ^ glyph) * 1099511628211ULL;
    widths.push_back({id, widths_[glyph]});
    if (characters_[glyph] != 0) {
      mapped.push_back({id, std::u32string(1, characters_[glyph])});
    } else if (auto text = named.find(id); text != named.end()) {
      mapped.push_back({id, text->second});
    }
  }
  pdf::Deflater deflater(kSmallestDeflateLevel);
  return pdf::FontProgram{.name = pdf::subset_tag(fingerprint) + '+' + name_,
                          .metrics = metrics_,
                          .widths = pdf::widths_array(widths),
                          .file = deflater.compress({data, length}),
                          .file_length = length,
                          .to_unicode = deflater.compress(pdf::to_unicode_map(mapped))};
}

}  // namespace postroom::harfbuzz
