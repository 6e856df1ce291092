// Puts the parts of a letter on pages: what goes where, and where a page ends.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/harfbuzz/line_breaker.h"
#include "base/result.h"
#include "core/pdf/letter_geometry.h"
#include "core/pdf/qr_code.h"
#include "core/pdf/structure.h"
#include "ports/letter_renderer.h"

struct UCaseMap;

namespace postroom::harfbuzz {

// Positions are points from the top left corner of the page.
struct PlacedLine {
  TextLine line;
  double x = 0;
  double baseline = 0;
  const pdf::TypeSize* type = nullptr;
  pdf::Ink ink = pdf::Ink::black;
  int node = pdf::Structure::kNone;  // of the document's structure
};
struct PlacedCode {
  const pdf::QrCode* code = nullptr;
  double x = 0;
  double top = 0;
  int node = pdf::Structure::kNone;
};
struct PlacedLogo {
  double x = 0;
  double top = 0;
  double width = 0;
  double height = 0;
  int node = pdf::Structure::kNone;
};
struct Page {
  std::vector<PlacedLine> lines;
  std::vector<PlacedCode> codes;
  std::optional<PlacedLogo> logo;
};

// Lines that belong together, and how they may be parted.
struct LineGroup {
  std::vector<TextLine> lines;
  const pdf::TypeSize* type = &pdf::kBodyType;
  double x = 0;
  double before = 0;  // white space; the larger of two that meet counts
  double after = 0;
  int orphans = 1;
  int widows = 1;
  bool keep_with_next = false;
  bool starts_page = false;
  std::optional<TextLine> mark;  // of a list item, beside the first line
  double mark_x = 0;
  const pdf::QrCode* code = nullptr;  // instead of lines
  int node = pdf::Structure::kNone;
  int mark_node = pdf::Structure::kNone;

  double height() const {
    return code != nullptr ? pdf::kQrSize : static_cast<double>(lines.size()) * type->leading;
  }
};

// Distributes groups over pages, each at least one line, from `first_top` on the first page. Linear in the
// number of lines.
std::vector<Page> paginate(const std::vector<LineGroup>& groups, double first_top);

// Distance of the base line from the top of a line of this type in the letter font.
double baseline_offset(const FontFace& face, const pdf::TypeSize& type);

// Nothing that long is a letter; it bounds the work for input that is a mistake or worse.
constexpr int kPagesMax = 1000;

// The caller's error for a letter of `pages` pages.
Error too_many_pages(std::size_t pages, int limit);

// Not thread-safe; used for one letter after the other.
class LetterLayout {
 public:
  explicit LetterLayout(const FontSet& fonts);
  ~LetterLayout();

  // Errors as LetterRenderer::render, but for the letter's page limit, which is left to the caller: only more
  // than kPagesMax pages are refused here. Valid until the next call.
  // Adds the letter's elements to `structure`, below `parent`.
  Result<void> lay_out(const ports::LetterInput& letter, pdf::Structure& structure, int parent);
  const std::vector<Page>& pages() const { return pages_; }
  std::span<const Piece> pieces_of(const TextLine& line) const { return breaker_.pieces_of(line); }

 private:
  Result<void> add_opening(const ports::LetterInput& letter);
  Result<void> add_block(const ports::LetterBlock& block);
  Result<void> add_lines(const std::vector<ports::LetterLine>& lines, LineGroup group, bool bold);
  Result<void> add_list(const ports::LetterList& list, double x, int depth, int parent);
  Result<std::vector<TextLine>> list_marks(const ports::LetterList& list);
  Result<void> add_code(const ports::LetterQrCode& block);
  Result<void> place_address(const ports::LetterInput& letter);
  Result<void> place_contact(const ports::LetterInput& letter);
  Result<void> place_page_numbers(ports::LetterLanguage language);
  Result<void> place_tag();
  Result<std::string> capitals(const std::string& text);
  void push(LineGroup group);
  void place_logo(const ports::LetterInput& letter);
  int element(std::string_view role) { return structure_->add(role, parent_); }

  Shaper shaper_;
  LineBreaker breaker_;
  std::unique_ptr<UCaseMap, void (*)(UCaseMap*)> case_map_;
  const FontFace& face_;
  std::vector<LineGroup> groups_;
  std::deque<pdf::QrCode> codes_;
  bool page_break_pending_ = false;
  bool under_subject_ = false;
  std::vector<Page> pages_;
  pdf::Structure* structure_ = nullptr;  // of the letter being laid out
  int parent_ = 0;
  int logo_node_ = 0, address_node_ = 0, contact_node_ = 0;
};

}  // namespace postroom::harfbuzz
