#include "adapters/harfbuzz/shaper.h"

#include <fmt/format.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "base/text.h"

namespace postroom::harfbuzz {
namespace {

// Words repeat within and between letters of a template. Longer ones do not, and would fill the cache.
constexpr std::size_t kCachedWordBytesMax = 48;
constexpr std::size_t kCachedWordsMax = 8192;

constexpr char32_t kNoBreakBlank = 0xA0;
constexpr char32_t kHyphen = 0x2010;
constexpr char32_t kNoBreakHyphen = 0x2011;
constexpr char32_t kNarrowNoBreakBlank = 0x202F;  // in few fonts

// Characters beside which UAX 14 never allows a break when no blank stands there; most words have no others
// and need not ask ICU.
bool never_breaks(unsigned char c) {
  return is_ascii_alnum(static_cast<char>(c)) || c == '.' || c == ',' || c == ':' || c == ';' || c == '\'' ||
         c == '"' || c == '(';
}

// Left out of the output: controls, and the soft hyphen, since words are not hyphenated.
bool is_dropped(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD; }

// Has no picture of its own and follows the font of its neighbours.
bool follows_neighbour(char32_t c) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
         (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0;
}

// UAX 14 LB13: these close something and stay with what is before them, even after a blank.
bool closes(char32_t c) {
  switch (u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_LINE_BREAK)) {
    case U_LB_CLOSE_PUNCTUATION:
    case U_LB_CLOSE_PARENTHESIS:
    case U_LB_EXCLAMATION:
    case U_LB_INFIX_NUMERIC:
    case U_LB_BREAK_SYMBOLS: return true;
    default: return false;
  }
}

// HarfBuzz prints the plain hyphen where the no-break one is missing.
bool prints(const FontFace& face, char32_t c) { return face.has(c) || (c == kNoBreakHyphen && face.has(kHyphen)); }

Error unprintable(char32_t c) {
  std::string character;
  append_utf8(character, c);
  return {ErrorKind::invalid_input,
          fmt::format("The letter has the character “{}” (U+{:04X}), which cannot be printed; replace "
                      "it or install a font that has it",
                      character, static_cast<unsigned>(c))};
}

std::int16_t rounded(double thousandths) {
  return static_cast<std::int16_t>(std::clamp(std::lround(thousandths), -32000L, 32000L));
}

}  // namespace

Shaper::Shaper(const FontSet& fonts)
    : fonts_(fonts), buffer_(hb_buffer_create()), line_breaks_(nullptr, ubrk_close) {
  UErrorCode status = U_ZERO_ERROR;
  line_breaks_.reset(ubrk_open(UBRK_LINE, "en", nullptr, 0, &status));
  if (U_FAILURE(status)) throw std::runtime_error("ICU has no line break data");
  for (std::size_t bold = 0; bold < 2; ++bold) blanks_[bold] = shape_run(" ", 0, 1, bold, false);
}

Shaper::~Shaper() = default;

void Shaper::forget() {
  uncached_.clear();
  for (WordCache& cache : cache_)
    if (cache.size() > kCachedWordsMax) cache.clear();
}

Result<const Word*> Shaper::shape(std::string_view text, bool bold, bool right_to_left) {
  bool cacheable = text.size() <= kCachedWordBytesMax && !right_to_left;
  WordCache& cache = cache_[bold ? 1 : 0];
  if (cacheable)
    if (auto found = cache.find(text); found != cache.end()) return &found->second;
  POSTROOM_TRY(word, shape_new(text, bold, right_to_left));
  if (cacheable) return &cache.emplace(text, std::move(word)).first->second;
  return &uncached_.emplace_back(std::move(word));
}

Result<std::size_t> Shaper::font_for(char32_t c, bool bold) const {
  for (std::size_t font = bold ? 1 : 0; font < fonts_.size(); font += 2)
    if (prints(fonts_[font], c)) return font;
  return tl::unexpected(unprintable(c));
}

Result<Word> Shaper::shape_new(std::string_view text, bool bold, bool right_to_left) {
  auto word = shape_in(text, bold, right_to_left, std::nullopt);
  if (word) return word;
  // A mark that the font of its letter lacks: perhaps another font has both.
  for (std::size_t font = bold ? 3 : 2; font < fonts_.size(); font += 2)
    if (auto other = shape_in(text, bold, right_to_left, font)) return other;
  return word;
}

Result<Word> Shaper::shape_in(std::string_view text, bool bold, bool right_to_left,
                              std::optional<std::size_t> only) {
  struct Run {
    std::size_t end;
    std::size_t font;
  };
  std::string clean;
  std::vector<Run> runs;
  std::optional<std::size_t> font;
  char32_t first = 0;
  for (std::size_t position = 0; position < text.size();) {
    char32_t c = next_code_point(text, position);
    if (is_dropped(c)) continue;
    if (c == kNarrowNoBreakBlank) c = kNoBreakBlank;
    if (first == 0) first = c;
    if (only && !follows_neighbour(c) && !prints(fonts_[*only], c)) return tl::unexpected(unprintable(c));
    if (only) font = *only;
    bool stays = only || (font && (follows_neighbour(c) || prints(fonts_[*font], c)) &&
                          (*font < 2 || !prints(fonts_[bold ? 1 : 0], c)));
    if (!stays && !follows_neighbour(c)) {
      POSTROOM_TRY(chosen, font_for(c, bold));
      if (font && chosen != *font) runs.push_back({clean.size(), *font});
      font = chosen;
    }
    append_utf8(clean, c);
  }
  if (clean.empty()) return Word{};
  runs.push_back({clean.size(), font.value_or(bold ? 1 : 0)});

  Word word;
  word.clings = closes(first);
  std::size_t start = 0;
  std::size_t run = 0;
  std::vector<std::size_t> breaks = breaks_inside(clean);
  breaks.push_back(clean.size());
  for (std::size_t next : breaks) {
    while (start < next) {
      std::size_t end = std::min(next, runs[run].end);
      word.segments.push_back(shape_run(clean, start, end, runs[run].font, right_to_left));
      POSTROOM_CHECK(check_glyphs(word.segments.back(), std::string_view(clean).substr(start, end - start)));
      if (end == runs[run].end) ++run;
      start = end;
    }
    word.segments.back().break_after = next < clean.size();
  }
  return word;
}

Result<void> Shaper::check_glyphs(const Segment& segment, std::string_view text) const {
  bool all_there = std::none_of(segment.glyphs.begin(), segment.glyphs.end(),
                                [](const pdf::Glyph& glyph) { return glyph.id == 0; });
  if (all_there) return {};
  // Only a mark that its base's font lacks gets here: other characters chose their font.
  char32_t culprit = 0xFFFD;
  for (std::size_t position = 0; position < text.size();) {
    char32_t c = next_code_point(text, position);
    if (fonts_[segment.font].has(c)) continue;
    culprit = c;
    break;
  }
  return tl::unexpected(unprintable(culprit));
}

std::vector<std::size_t> Shaper::breaks_inside(std::string_view text) {
  std::vector<std::size_t> positions;
  if (std::all_of(text.begin(), text.end(), [](char c) { return never_breaks(static_cast<unsigned char>(c)); }))
    return positions;
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<UText, decltype(&utext_close)> view(
      utext_openUTF8(nullptr, text.data(), static_cast<std::int64_t>(text.size()), &status), utext_close);
  ubrk_setUText(line_breaks_.get(), view.get(), &status);
  if (U_FAILURE(status)) return positions;
  for (auto position = ubrk_next(line_breaks_.get()); position != UBRK_DONE;
       position = ubrk_next(line_breaks_.get()))
    if (static_cast<std::size_t>(position) < text.size()) positions.push_back(static_cast<std::size_t>(position));
  return positions;
}

Segment Shaper::shape_run(std::string_view text, std::size_t start, std::size_t end, std::size_t font,
                          bool right_to_left) {
  // Letters are spaced, so ligatures would stand out; they would also hide letters from text search.
  static const hb_feature_t kFeatures[] = {
      {HB_TAG('l', 'i', 'g', 'a'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END},
      {HB_TAG('c', 'l', 'i', 'g'), 0, HB_FEATURE_GLOBAL_START, HB_FEATURE_GLOBAL_END}};
  const FontFace& face = fonts_[font];
  hb_buffer_t* buffer = buffer_.get();
  hb_buffer_clear_contents(buffer);
  hb_buffer_add_utf8(buffer, text.data(), static_cast<int>(text.size()), static_cast<unsigned>(start),
                     static_cast<int>(end - start));
  hb_buffer_set_direction(buffer, right_to_left ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
  hb_buffer_guess_segment_properties(buffer);
  hb_shape(face.shaping(), buffer, kFeatures, std::size(kFeatures));

  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer, &count);
  const hb_glyph_position_t* positions = hb_buffer_get_glyph_positions(buffer, &count);
  Segment segment;
  segment.font = static_cast<std::uint8_t>(font);
  segment.glyphs.reserve(count);
  for (unsigned i = 0; i < count; ++i) {
    auto id = static_cast<std::uint16_t>(infos[i].codepoint);
    double advance = face.to_thousandths(positions[i].x_advance);
    segment.width += advance;
    segment.tier = std::max(segment.tier, face.tier_of(id));
    // `before` is taken back after the glyph by the writer, so `after` is the whole of the rest.
    segment.glyphs.push_back({.id = id,
                              .before = rounded(face.to_thousandths(positions[i].x_offset)),
                              .after = rounded(advance - face.width(id)),
                              .rise = rounded(face.to_thousandths(positions[i].y_offset))});
  }
  note_texts(segment, text, end, right_to_left);
  return segment;
}

// What the glyphs of the buffer stand for, cluster by cluster: those of one cluster stand for its text together.
void Shaper::note_texts(Segment& segment, std::string_view text, std::size_t end, bool right_to_left) {
  const FontFace& face = fonts_[segment.font];
  if (segment.tier < FontFace::kRare) return;
  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer_.get(), &count);
  bool told = true;
  std::size_t cluster_end = end;
  // From the last cluster of the text to the first.
  for (unsigned done = 0; done < count;) {
    auto at = [&](unsigned i) { return right_to_left ? i : count - 1 - i; };
    std::size_t start = infos[at(done)].cluster;
    unsigned next = done;
    std::u32string by_glyph;
    for (; next < count && infos[at(next)].cluster == start; ++next)
      if (char32_t c = face.character_of(static_cast<std::uint16_t>(infos[at(next)].codepoint)); c != 0)
        by_glyph.insert(by_glyph.begin(), c);
    std::u32string whole = to_utf32(text.substr(start, cluster_end - start));
    if (next == done + 1) {
      segment.texts.push_back({static_cast<std::uint16_t>(infos[at(done)].codepoint), whole});
      told = told && (by_glyph.empty() || by_glyph == whole);
    } else {
      told = told && by_glyph == whole;
    }
    cluster_end = start;
    done = next;
  }
  // Readers turn what runs from right to left around themselves, and would turn this, too.
  if (!told && !right_to_left) segment.actual_text = text.substr(cluster_end, end - cluster_end);
}

}  // namespace postroom::harfbuzz
