#include "adapters/harfbuzz/letter_renderer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "adapters/harfbuzz/letter_layout.h"
#include "adapters/harfbuzz/text_drawing.h"
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

void draw_logo(pdf::ContentStream& content, const PlacedLogo& placed, const pdf::Picture& logo) {
  content.draw("Logo", placed.x, pdf::kPageHeight - placed.top - placed.height, placed.width / logo.width,
               placed.height / logo.height);
}

std::string_view language_tag(const ports::LetterInput& letter) {
  return letter.language == ports::LetterLanguage::welsh ? "cy" : "en-GB";
}

}  // namespace

// Everything one letter needs while it is made; kept for the next.
class HarfbuzzLetterRenderer::Workbench {
 public:
  explicit Workbench(const FontSet& fonts) : layout_(fonts), text_(fonts), deflater_(kPageDeflateLevel) {}

  Result<ports::RenderedLetter> render(std::span<const ports::LetterInput> parts) {
    if (parts.empty()) return fail(ErrorKind::invalid_input, "A letter has at least one part, this one has none");
    pages_.clear();
    has_logo_.clear();
    text_.clear();
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
  void write_pages(pdf::DocumentWriter& document, int tree, const std::vector<int>& pages,
                   const std::string& resources);
  Result<Bytes> write(const ports::LetterInput& first);

  LetterLayout layout_;
  TextDrawing text_;
  pdf::Deflater deflater_;
  pdf::Structure structure_;
  std::vector<Bytes> pages_;    // content streams of the document, compressed
  std::vector<bool> has_logo_;  // by page
  const pdf::Picture* logo_ = nullptr;
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
    content.set_ink(line.ink);
    content.begin_line(line.x, pdf::kPageHeight - line.baseline);
    text_.draw(content, layout_.pieces_of(line.line), *line.type);
    content.end_line();
  }
  if (marked) content.end_mark();
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
  POSTROOM_TRY(resources, text_.write_fonts(document, FontSubsets::shared));
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
