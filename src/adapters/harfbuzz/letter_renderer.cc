#include "adapters/harfbuzz/letter_renderer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "adapters/harfbuzz/letter_layout.h"
#include "core/pdf/deflate.h"

namespace postroom::harfbuzz {
namespace {

// Pages are small; higher levels take twice the time for 3 % less.
constexpr int kPageDeflateLevel = 3;

// Runs of dark modules become one rectangle each.
void draw_code(pdf::ContentStream& content, const PlacedCode& placed) {
  const pdf::QrCode& code = *placed.code;
  double module = pdf::kQrSize / code.size();
  for (int y = 0; y < code.size(); ++y) {
    for (int x = 0; x < code.size(); ++x) {
      if (!code.dark(x, y)) continue;
      int start = x;
      while (x + 1 < code.size() && code.dark(x + 1, y)) ++x;
      content.add_rectangle(placed.x + start * module, pdf::kPageHeight - placed.top - (y + 1) * module,
                            (x + 1 - start) * module, module);
    }
  }
  content.fill();
}

void draw_line(pdf::ContentStream& content, const PlacedLine& placed, std::span<const Piece> pieces) {
  const pdf::TypeSize& type = *placed.type;
  content.set_ink(placed.ink);
  content.begin_line(placed.x, pdf::kPageHeight - placed.baseline);
  for (const Piece& piece : pieces) {
    content.set_type(piece.segment->font, type.size, type.letter_spacing * type.size);
    if (piece.blank) {
      pdf::Glyph blank = piece.segment->glyphs.front();
      blank.after = static_cast<std::int16_t>(blank.after + type.word_spacing * 1000);
      content.show({&blank, 1});
    } else {
      content.show(piece.segment->glyphs);
    }
  }
  content.end_line();
}

// What a document needs of one font.
struct FontUse {
  std::uint8_t tier = 0;
  std::vector<std::uint16_t> glyphs;  // as they came, with repetitions; empty when the font is not used
  std::vector<pdf::GlyphText> texts;
};

}  // namespace

std::vector<FontFiles> default_letter_fonts() {
  return {{"/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
           "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf", "fonts-liberation2", false},
          {"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
           "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", "fonts-dejavu-core", true}};
}

// Everything one letter needs while it is made; kept for the next.
class HarfbuzzLetterRenderer::Workbench {
 public:
  explicit Workbench(const FontSet& fonts) : fonts_(fonts), layout_(fonts), deflater_(kPageDeflateLevel) {}

  Result<ports::RenderedLetter> render(std::span<const ports::LetterInput> parts) {
    if (parts.empty()) return fail(ErrorKind::invalid_input, "A letter has at least one part, this one has none");
    pages_.clear();
    uses_.assign(fonts_.size(), {});
    ports::RenderedLetter rendered;
    for (const ports::LetterInput& part : parts) {
      POSTROOM_CHECK(layout_.lay_out(part));
      draw_pages();
      rendered.part_page_counts.push_back(static_cast<int>(layout_.pages().size()));
    }
    rendered.page_count = static_cast<int>(pages_.size());
    if (auto limit = parts.front().page_limit; limit && rendered.page_count > *limit)
      return tl::unexpected(too_many_pages(pages_.size(), *limit));
    POSTROOM_TRY(pdf, write(parts.front().language));
    rendered.pdf = std::move(pdf);
    return rendered;
  }

 private:
  void draw_pages();
  void note_fonts(std::span<const Piece> pieces);
  Result<int> write_resources(pdf::DocumentWriter& document);
  Result<pdf::FontProgram> own_subset(std::size_t font);
  Result<Bytes> write(ports::LetterLanguage language);

  const FontSet& fonts_;
  LetterLayout layout_;
  pdf::Deflater deflater_;
  std::vector<Bytes> pages_;  // content streams of the document, compressed
  std::vector<FontUse> uses_;
};

void HarfbuzzLetterRenderer::Workbench::draw_pages() {
  for (const Page& page : layout_.pages()) {
    pdf::ContentStream content;
    content.set_ink(pdf::Ink::black);
    for (const PlacedCode& code : page.codes) draw_code(content, code);
    for (const PlacedLine& line : page.lines) {
      draw_line(content, line, layout_.pieces_of(line.line));
      note_fonts(layout_.pieces_of(line.line));
    }
    pages_.push_back(deflater_.compress(content.bytes()));
  }
}

void HarfbuzzLetterRenderer::Workbench::note_fonts(std::span<const Piece> pieces) {
  for (const Piece& piece : pieces) {
    const Segment& segment = *piece.segment;
    FontUse& use = uses_[segment.font];
    use.tier = std::max(use.tier, segment.tier);
    for (const pdf::Glyph& glyph : segment.glyphs) use.glyphs.push_back(glyph.id);
    use.texts.insert(use.texts.end(), segment.texts.begin(), segment.texts.end());
  }
}

Result<pdf::FontProgram> HarfbuzzLetterRenderer::Workbench::own_subset(std::size_t font) {
  auto& glyphs = uses_[font].glyphs;
  std::sort(glyphs.begin(), glyphs.end());
  glyphs.erase(std::unique(glyphs.begin(), glyphs.end()), glyphs.end());
  return fonts_[font].subset(glyphs, uses_[font].texts);
}

Result<int> HarfbuzzLetterRenderer::Workbench::write_resources(pdf::DocumentWriter& document) {
  std::string names;
  for (std::size_t font = 0; font < uses_.size(); ++font) {
    if (uses_[font].glyphs.empty()) continue;
    int number = 0;
    if (uses_[font].tier < FontFace::kRare) {
      number = pdf::write_font(document, fonts_[font].shared(uses_[font].tier));
    } else {
      POSTROOM_TRY(program, own_subset(font));
      number = pdf::write_font(document, program);
    }
    fmt::format_to(std::back_inserter(names), "/F{} {} 0 R", font, number);
  }
  int resources = document.reserve();
  document.object(resources, fmt::format("<</Font<<{}>>>>", names));
  return resources;
}

Result<Bytes> HarfbuzzLetterRenderer::Workbench::write(ports::LetterLanguage language) {
  constexpr std::size_t kFontBytes = 48 * 1024;
  constexpr std::size_t kPageBytes = 3 * 1024;
  pdf::DocumentWriter document(kFontBytes + kPageBytes * pages_.size());
  int catalog = document.reserve();
  int tree = document.reserve();
  int information = document.reserve();
  document.object(catalog, fmt::format("<</Type/Catalog/Pages {} 0 R/Lang({})>>", tree,
                                       language == ports::LetterLanguage::welsh ? "cy" : "en-GB"));
  document.object(information, "<</Producer(postroom)>>");
  POSTROOM_TRY(resources, write_resources(document));

  std::string kids;
  Bytes identity;
  for (const Bytes& content : pages_) {
    int page = document.reserve();
    int stream = document.reserve();
    document.object(
        page,
        fmt::format("<</Type/Page/Parent {} 0 R/MediaBox[0 0 595.276 841.89]/Resources {} 0 R/Contents {} 0 R>>",
                    tree, resources, stream));
    document.stream(stream, "/Filter/FlateDecode", content);
    fmt::format_to(std::back_inserter(kids), "{} 0 R ", page);
    identity += content;
  }
  document.object(tree, fmt::format("<</Type/Pages/Kids[{}]/Count {}>>", kids, pages_.size()));
  return std::move(document).finish(catalog, information, identity);
}

HarfbuzzLetterRenderer::HarfbuzzLetterRenderer(Token, FontSet fonts) : fonts_(std::move(fonts)) {}
HarfbuzzLetterRenderer::~HarfbuzzLetterRenderer() = default;

Result<std::unique_ptr<HarfbuzzLetterRenderer>> HarfbuzzLetterRenderer::create(
    const std::vector<FontFiles>& files) {
  std::vector<FontFamily> families;
  for (const FontFiles& family : files) {
    auto regular = FontFace::load(family.regular, family.package, false);
    auto bold = regular ? FontFace::load(family.bold, family.package, true) : tl::unexpected(regular.error());
    if (!bold && bold.error().kind == ErrorKind::not_found && family.optional) continue;
    if (!bold) return tl::unexpected(bold.error());
    families.push_back({std::move(*regular), std::move(*bold)});
  }
  if (families.empty()) return fail(ErrorKind::invalid_input, "Letters need at least one font; configure one");
  return std::make_unique<HarfbuzzLetterRenderer>(Token{}, FontSet(std::move(families)));
}

std::unique_ptr<HarfbuzzLetterRenderer::Workbench> HarfbuzzLetterRenderer::borrow() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto workbench = std::move(idle_.back());
      idle_.pop_back();
      return workbench;
    }
  }
  return std::make_unique<Workbench>(fonts_);
}

void HarfbuzzLetterRenderer::give_back(std::unique_ptr<Workbench> workbench) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(workbench));
}

Result<ports::RenderedLetter> HarfbuzzLetterRenderer::render(const ports::LetterInput& letter) {
  return render_parts({&letter, 1});
}

Result<ports::RenderedLetter> HarfbuzzLetterRenderer::render_parts(std::span<const ports::LetterInput> parts) {
  auto workbench = borrow();
  auto result = workbench->render(parts);
  give_back(std::move(workbench));
  return result;
}

}  // namespace postroom::harfbuzz
