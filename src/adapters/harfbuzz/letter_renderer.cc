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

// Of the line around letters that have no bold form, in ems: about what bold type adds.
constexpr double kThickness = 0.035;

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

void draw_logo(pdf::ContentStream& content, const PlacedLogo& placed, const pdf::Picture& logo) {
  content.draw("Logo", placed.x, pdf::kPageHeight - placed.top - placed.height, placed.width / logo.width,
               placed.height / logo.height);
}

void draw_line(pdf::ContentStream& content, const FontSet& fonts, const PlacedLine& placed,
               std::span<const Piece> pieces) {
  const pdf::TypeSize& type = *placed.type;
  content.set_ink(placed.ink);
  content.begin_line(placed.x, pdf::kPageHeight - placed.baseline);
  for (const Piece& piece : pieces) {
    std::size_t font = piece.segment->font;
    content.set_type(static_cast<int>(fonts.file_of(font)), type.size, type.letter_spacing * type.size);
    content.set_outline(fonts.is_thickened(font) ? kThickness * type.size : 0);
    if (piece.blank) {
      pdf::Glyph blank = piece.segment->glyphs.front();
      blank.after = static_cast<std::int16_t>(blank.after + type.word_spacing * 1000);
      content.show({&blank, 1});
    } else if (!piece.segment->actual_text.empty()) {
      content.begin_actual_text(pdf::text_string(piece.segment->actual_text));
      content.show(piece.segment->glyphs);
      content.end_mark();
    } else {
      content.show(piece.segment->glyphs);
    }
  }
  content.end_line();
}

std::string_view language_tag(const ports::LetterInput& letter) {
  return letter.language == ports::LetterLanguage::welsh ? "cy" : "en-GB";
}

// What a document needs of one font.
struct FontUse {
  std::uint8_t tier = 0;
  std::vector<std::uint16_t> glyphs;  // as they came, with repetitions; empty when the font is not used
  std::vector<pdf::GlyphText> texts;
};

}  // namespace

// Everything one letter needs while it is made; kept for the next.
class HarfbuzzLetterRenderer::Workbench {
 public:
  explicit Workbench(const FontSet& fonts) : fonts_(fonts), layout_(fonts), deflater_(kPageDeflateLevel) {}

  Result<ports::RenderedLetter> render(std::span<const ports::LetterInput> parts) {
    if (parts.empty()) return fail(ErrorKind::invalid_input, "A letter has at least one part, this one has none");
    pages_.clear();
    has_logo_.clear();
    uses_.assign(fonts_.size(), {});
    structure_.clear();
    logo_ = nullptr;
    ports::RenderedLetter rendered;
    for (const ports::LetterInput& part : parts) {
      int parent = pdf::Structure::kRoot;
      if (parts.size() > 1) parent = structure_.add("Sect", parent, fmt::format("/Lang({})", language_tag(part)));
      POSTROOM_CHECK(layout_.lay_out(part, structure_, parent));
      draw_pages(part);
      if (part.logo) logo_ = part.logo.get();
      rendered.part_page_counts.push_back(static_cast<int>(layout_.pages().size()));
    }
    rendered.page_count = static_cast<int>(pages_.size());
    if (auto limit = parts.front().page_limit; limit && rendered.page_count > *limit)
      return tl::unexpected(too_many_pages(pages_.size(), *limit));
    POSTROOM_TRY(pdf, write(parts.front()));
    rendered.pdf = std::move(pdf);
    return rendered;
  }

 private:
  void draw_pages(const ports::LetterInput& letter);
  void draw_lines(pdf::ContentStream& content, const Page& page, int number);
  void note_fonts(std::span<const Piece> pieces);
  Result<std::string> write_fonts(pdf::DocumentWriter& document);
  void write_pages(pdf::DocumentWriter& document, int tree, const std::vector<int>& pages,
                   const std::string& resources);
  Result<pdf::FontProgram> own_subset(std::size_t font);
  Result<Bytes> write(const ports::LetterInput& first);

  const FontSet& fonts_;
  LetterLayout layout_;
  pdf::Deflater deflater_;
  pdf::Structure structure_;
  std::vector<Bytes> pages_;    // content streams of the document, compressed
  std::vector<bool> has_logo_;  // by page
  const pdf::Picture* logo_ = nullptr;
  std::vector<FontUse> uses_;
};

void HarfbuzzLetterRenderer::Workbench::draw_pages(const ports::LetterInput& letter) {
  for (const Page& page : layout_.pages()) {
    int number = static_cast<int>(pages_.size());
    pdf::ContentStream content;
    content.set_ink(pdf::Ink::black);
    if (page.logo) {
      content.begin_figure_mark("Figure", structure_.mark(page.logo->node, number));
      draw_logo(content, *page.logo, *letter.logo);
      content.end_mark();
    }
    for (const PlacedCode& code : page.codes) {
      content.begin_figure_mark("Figure", structure_.mark(code.node, number));
      draw_code(content, code);
      content.end_mark();
    }
    draw_lines(content, page, number);
    pages_.push_back(deflater_.compress(content.bytes()));
    has_logo_.push_back(page.logo.has_value());
  }
}

// Lines of one element that follow each other are one piece of marked content.
void HarfbuzzLetterRenderer::Workbench::draw_lines(pdf::ContentStream& content, const Page& page, int number) {
  std::optional<int> marked;
  for (const PlacedLine& line : page.lines) {
    if (line.line.count == 0) continue;
    if (marked != line.node) {
      if (marked) content.end_mark();
      if (line.node == pdf::Structure::kNone) {
        content.begin_artifact();
      } else {
        content.begin_text_mark(structure_.role(line.node), structure_.mark(line.node, number));
      }
      marked = line.node;
    }
    draw_line(content, fonts_, line, layout_.pieces_of(line.line));
    note_fonts(layout_.pieces_of(line.line));
  }
  if (marked) content.end_mark();
}

void HarfbuzzLetterRenderer::Workbench::note_fonts(std::span<const Piece> pieces) {
  for (const Piece& piece : pieces) {
    const Segment& segment = *piece.segment;
    FontUse& use = uses_[fonts_.file_of(segment.font)];
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

// The dictionary of fonts for resources.
Result<std::string> HarfbuzzLetterRenderer::Workbench::write_fonts(pdf::DocumentWriter& document) {
  std::string names = "/Font<<";
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
  return names + ">>";
}

void HarfbuzzLetterRenderer::Workbench::write_pages(pdf::DocumentWriter& document, int tree,
                                                    const std::vector<int>& pages, const std::string& resources) {
  // What is see-through must be mixed as inks, too.
  std::string_view group = logo_ != nullptr && logo_->transparent ? "/Group<</S/Transparency/CS/DeviceCMYK>>" : "";
  std::string kids;
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    int stream = document.reserve();
    document.object(pages[i], fmt::format("<</Type/Page/Parent {} 0 R/MediaBox[0 0 595.276 841.89]/Resources<<{}>>"
                                          "/Contents {} 0 R/StructParents {}/Tabs/S{}>>",
                                          tree, resources, stream, i, has_logo_[i] ? group : ""));
    document.stream(stream, "/Filter/FlateDecode", pages_[i]);
    fmt::format_to(std::back_inserter(kids), "{} 0 R ", pages[i]);
  }
  document.object(tree, fmt::format("<</Type/Pages/Kids[{}]/Count {}>>", kids, pages_.size()));
}

Result<Bytes> HarfbuzzLetterRenderer::Workbench::write(const ports::LetterInput& first) {
  constexpr std::size_t kFontBytes = 48 * 1024;
  constexpr std::size_t kPageBytes = 6 * 1024;
  pdf::DocumentWriter document(kFontBytes + kPageBytes * pages_.size() +
                               (logo_ != nullptr ? logo_->content.size() + logo_->mask.size() : 0));
  int catalog = document.reserve();
  int tree = document.reserve();
  int information = document.reserve();
  std::vector<int> pages;
  for (std::size_t i = 0; i < pages_.size(); ++i) pages.push_back(document.reserve());
  POSTROOM_TRY(resources, write_fonts(document));
  if (logo_ != nullptr) resources += fmt::format("/XObject<</Logo {} 0 R>>", pdf::write_picture(document, *logo_));
  write_pages(document, tree, pages, resources);
  int structure = structure_.write(document, pages);
  std::string_view shows_title = first.subject.empty() ? "" : "/ViewerPreferences<</DisplayDocTitle true>>";
  document.object(catalog, fmt::format("<</Type/Catalog/Pages {} 0 R/Lang({})/MarkInfo<</Marked true>>"
                                       "/StructTreeRoot {} 0 R{}>>",
                                       tree, language_tag(first), structure, shows_title));
  std::string title = first.subject.empty() ? "" : "/Title" + pdf::text_string(first.subject);
  document.object(information, fmt::format("<</Producer(postroom){}>>", title));
  Bytes identity;
  for (const Bytes& content : pages_) identity += content;
  return std::move(document).finish(catalog, information, identity);
}

HarfbuzzLetterRenderer::HarfbuzzLetterRenderer(Token, FontSet fonts) : fonts_(std::move(fonts)) {}
HarfbuzzLetterRenderer::~HarfbuzzLetterRenderer() = default;

Result<std::unique_ptr<HarfbuzzLetterRenderer>> HarfbuzzLetterRenderer::create(
    const std::vector<FontFiles>& files) {
  POSTROOM_TRY(families, load_fonts(files));
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
