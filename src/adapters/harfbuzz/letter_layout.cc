#include "adapters/harfbuzz/letter_layout.h"

#include <fmt/format.h>
#include <unicode/ucasemap.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"

namespace postroom::harfbuzz {
namespace {

// Deeper lists are printed at this depth: further in, no width would be left.
constexpr int kListDepthMax = 6;

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

static_assert(ports::kLetterQrBytesMax == pdf::kQrBytesMax);

ports::LetterLine plain_line(std::string_view text) { return {{{std::string(text), false}}}; }

}  // namespace

Error too_many_pages(std::size_t pages, int limit) {
  return {ErrorKind::invalid_input,
          fmt::format("The letter has {} pages, the limit is {} pages; shorten it", pages, limit)};
}

double baseline_offset(const FontFace& face, const pdf::TypeSize& type) {
  double text_height = (face.ascent() + face.descent()) / 1000 * type.size;
  return (type.leading - text_height) / 2 + face.ascent() / 1000 * type.size;
}

LetterLayout::LetterLayout(const FontSet& fonts)
    : shaper_(fonts), breaker_(shaper_), case_map_(nullptr, ucasemap_close), face_(fonts[0]) {
  UErrorCode status = U_ZERO_ERROR;
  case_map_.reset(ucasemap_open("en", 0, &status));
  if (U_FAILURE(status)) throw std::runtime_error("ICU has no case mapping data");
}

LetterLayout::~LetterLayout() = default;

Result<void> LetterLayout::lay_out(const ports::LetterInput& letter, pdf::Structure& structure, int parent) {
  structure_ = &structure;
  parent_ = parent;
  breaker_.clear();
  shaper_.forget();
  groups_.clear();
  codes_.clear();
  page_break_pending_ = false;
  under_subject_ = false;
  // What is placed last is read first.
  if (letter.logo) {
    std::string name = pdf::text_string(letter.logo_name.empty() ? "Logo" : letter.logo_name);
    logo_node_ = structure.add("Figure", parent, fmt::format("/Alt{}", name));
  }
  address_node_ = element("P");
  if (!letter.contact_lines.empty()) contact_node_ = element("P");
  POSTROOM_CHECK(add_opening(letter));
  for (const ports::LetterBlock& block : letter.blocks) POSTROOM_CHECK(add_block(block));
  pages_ = paginate(groups_, pdf::kBodyTopFirstPage);
  for (Page& page : pages_)
    for (PlacedLine& placed : page.lines) placed.baseline += baseline_offset(face_, *placed.type);
  if (pages_.size() > static_cast<std::size_t>(kPagesMax))
    return tl::unexpected(too_many_pages(pages_.size(), kPagesMax));
  POSTROOM_CHECK(place_address(letter));
  POSTROOM_CHECK(place_contact(letter));
  place_logo(letter);
  POSTROOM_CHECK(place_page_numbers(letter.language));
  if (letter.notify_tag) POSTROOM_CHECK(place_tag());
  return {};
}

void LetterLayout::push(LineGroup group) {
  group.starts_page = page_break_pending_ && !groups_.empty();
  page_break_pending_ = false;
  under_subject_ = false;
  groups_.push_back(std::move(group));
}

Result<void> LetterLayout::add_opening(const ports::LetterInput& letter) {
  if (!letter.date.empty()) {
    POSTROOM_CHECK(add_lines(
        {plain_line(letter.date)},
        {.x = pdf::kMarginLeft, .after = pdf::kParagraphAfter, .keep_with_next = true, .node = element("P")},
        false));
  }
  if (letter.subject.empty()) return {};
  LineGroup subject{.type = &pdf::kSubjectType,
                    .x = pdf::kMarginLeft,
                    .before = pdf::kSubjectBefore,
                    .after = pdf::kSubjectAfter,
                    .keep_with_next = true,
                    .node = element("H1")};
  POSTROOM_CHECK(add_lines({plain_line(letter.subject)}, std::move(subject), true));
  under_subject_ = true;
  return {};
}

Result<void> LetterLayout::add_block(const ports::LetterBlock& block) {
  return std::visit(Overloaded{
                        [&](const ports::LetterHeading& heading) -> Result<void> {
                          return add_lines(heading.lines,
                                           {.type = &pdf::kHeadingType,
                                            .x = pdf::kMarginLeft,
                                            .before = under_subject_ ? pdf::kHeadingBeforeUnderSubject : 0,
                                            .after = pdf::kHeadingAfter,
                                            .keep_with_next = true,
                                            .node = element("H2")},
                                           true);
                        },
                        [&](const ports::LetterParagraph& paragraph) -> Result<void> {
                          return add_lines(paragraph.lines,
                                           {.x = pdf::kMarginLeft,
                                            .after = pdf::kParagraphAfter,
                                            .orphans = pdf::kParagraphOrphans,
                                            .widows = pdf::kWidows,
                                            .node = element("P")},
                                           false);
                        },
                        [&](const ports::LetterList& list) -> Result<void> {
                          POSTROOM_CHECK(add_list(list, pdf::kMarginLeft, 0, parent_));
                          if (!list.items.empty()) groups_.back().after = pdf::kParagraphAfter;
                          return {};
                        },
                        [&](const ports::LetterPageBreak&) -> Result<void> {
                          page_break_pending_ = true;
                          return {};
                        },
                        [&](const ports::LetterQrCode& code) -> Result<void> { return add_code(code); },
                    },
                    block);
}

Result<void> LetterLayout::add_lines(const std::vector<ports::LetterLine>& lines, LineGroup group, bool bold) {
  if (lines.empty() && !group.mark) return {};
  double width = pdf::kMarginLeft + pdf::kBodyWidth - group.x;
  for (const ports::LetterLine& line : lines)
    POSTROOM_CHECK(breaker_.add(line, *group.type, bold, width, group.lines));
  if (group.lines.empty()) group.lines.emplace_back();
  push(std::move(group));
  return {};
}

Result<std::vector<TextLine>> LetterLayout::list_marks(const ports::LetterList& list) {
  std::vector<TextLine> marks;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    // One bullet serves all items; numbers differ.
    if (!list.numbered && i > 0) {
      marks.push_back(marks.front());
      continue;
    }
    POSTROOM_TRY(mark, breaker_.add_whole(list.numbered ? fmt::format("{}.", i + 1) : "•", pdf::kBodyType));
    marks.push_back(mark);
  }
  return marks;
}

Result<void> LetterLayout::add_list(const ports::LetterList& list, double x, int depth, int parent) {
  if (list.items.empty()) return {};
  int list_node = structure_->add("L", parent);
  POSTROOM_TRY(marks, list_marks(list));
  // Numbers stand right-aligned, the widest, which is the last, at the left edge.
  double indent =
      list.numbered ? std::max(pdf::kNumberIndent, marks.back().width + pdf::kNumberGap) : pdf::kBulletIndent;
  double text_x = depth < kListDepthMax ? x + indent : x;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const ports::LetterListItem& item = list.items[i];
    double mark_x = text_x - indent + marks.back().width - marks[i].width;
    int item_node = structure_->add("LI", list_node);
    int mark_node = structure_->add("Lbl", item_node);
    int body_node = structure_->add("LBody", item_node);
    POSTROOM_CHECK(add_lines(item.lines,
                             {.x = text_x,
                              .orphans = pdf::kItemOrphans,
                              .widows = pdf::kWidows,
                              .mark = marks[i],
                              .mark_x = mark_x,
                              .node = body_node,
                              .mark_node = mark_node},
                             false));
    for (const ports::LetterList& nested : item.nested)
      POSTROOM_CHECK(add_list(nested, text_x, std::min(depth + 1, kListDepthMax), body_node));
  }
  return {};
}

Result<void> LetterLayout::add_code(const ports::LetterQrCode& block) {
  POSTROOM_TRY(code, pdf::QrCode::encode(block.payload));
  LineGroup group{.x = pdf::kMarginLeft, .before = pdf::kQrBefore, .after = pdf::kQrAfter};
  group.code = &codes_.emplace_back(std::move(code));
  group.node = structure_->add("Figure", parent_, fmt::format("/Alt{}", pdf::text_string(block.payload)));
  push(std::move(group));
  return {};
}

Result<std::string> LetterLayout::capitals(const std::string& text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; }))
    return to_upper(text);
  UErrorCode status = U_ZERO_ERROR;
  // No character grows by more than a factor of three in UTF-8 when capitalised.
  std::string result(text.size() * 3, '\0');
  auto length = ucasemap_utf8ToUpper(case_map_.get(), result.data(), static_cast<std::int32_t>(result.size()),
                                     text.data(), static_cast<std::int32_t>(text.size()), &status);
  if (U_FAILURE(status)) return fail(ErrorKind::internal, "ICU could not put an address line in capitals");
  result.resize(static_cast<std::size_t>(length));
  return result;
}

Result<void> LetterLayout::place_address(const ports::LetterInput& letter) {
  auto count = letter.address_lines.size();
  if (count == 0 || count > static_cast<std::size_t>(ports::kLetterAddressLinesMax)) {
    return fail(ErrorKind::invalid_input,
                fmt::format("The address of a letter has 1 to {} lines, this one has {}; correct it",
                            ports::kLetterAddressLinesMax, count));
  }
  const pdf::TypeSize& type = pdf::kAddressType;
  double top = pdf::kAddressBottom - static_cast<double>(count) * type.leading;
  std::vector<PlacedLine> placed;
  for (const std::string& text : letter.address_lines) {
    POSTROOM_TRY(upper, capitals(text));
    POSTROOM_TRY(line, breaker_.add_cut(upper, type, pdf::kAddressWidth));
    placed.push_back(
        {line, pdf::kAddressLeft, top + baseline_offset(face_, type), &type, pdf::Ink::black, address_node_});
    top += type.leading;
  }
  // First in the page's content, so that a screen reader meets it first.
  auto& lines = pages_.front().lines;
  lines.insert(lines.begin(), placed.begin(), placed.end());
  return {};
}

Result<void> LetterLayout::place_contact(const ports::LetterInput& letter) {
  if (letter.contact_lines.empty()) return {};
  const pdf::TypeSize& type = pdf::kContactType;
  std::vector<TextLine> broken;
  for (const std::string& text : letter.contact_lines)
    POSTROOM_CHECK(breaker_.add(plain_line(text), type, false, pdf::kContactWidth, broken));
  broken.resize(std::min(broken.size(), static_cast<std::size_t>(pdf::kContactLinesMax)));
  double top = pdf::kContactBottom - static_cast<double>(broken.size()) * type.leading;
  std::vector<PlacedLine> placed;
  for (const TextLine& line : broken) {
    placed.push_back(
        {line, pdf::kContactLeft, top + baseline_offset(face_, type), &type, pdf::Ink::black, contact_node_});
    top += type.leading;
  }
  auto& lines = pages_.front().lines;
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(letter.address_lines.size()), placed.begin(),
               placed.end());
  return {};
}

// As high as its place, or as wide, whichever comes first; then in the middle of the height, as SVG has it.
void LetterLayout::place_logo(const ports::LetterInput& letter) {
  if (!letter.logo) return;
  double height = std::min(pdf::kLogoHeight, pdf::kLogoWidth / letter.logo->ratio);
  pages_.front().logo = PlacedLogo{.x = pdf::kLogoLeft,
                                   .top = pdf::kLogoTop + (pdf::kLogoHeight - height) / 2,
                                   .width = height * letter.logo->ratio,
                                   .height = height,
                                   .node = logo_node_};
}

Result<void> LetterLayout::place_page_numbers(ports::LetterLanguage language) {
  const pdf::TypeSize& type = pdf::kPageNumberType;
  // In the middle of the bottom margin.
  double top = (pdf::kBodyBottom + pdf::kPageHeight - type.leading) / 2;
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    std::string text = language == ports::LetterLanguage::welsh
                           ? fmt::format("Tudalen {} o {}", i + 1, pages_.size())
                           : fmt::format("Page {} of {}", i + 1, pages_.size());
    POSTROOM_TRY(line, breaker_.add_whole(text, type));
    double x = pdf::kPageWidth - pdf::kMarginRight - line.width;
    pages_[i].lines.push_back({line, x, top + baseline_offset(face_, type), &type});
  }
  return {};
}

Result<void> LetterLayout::place_tag() {
  POSTROOM_TRY(line, breaker_.add_whole("NOTIFY", pdf::kTagType));
  pages_.front().lines.push_back(
      {line, pdf::kTagLeft, pdf::kTagTop + pdf::kTagType.size, &pdf::kTagType, pdf::Ink::white});
  return {};
}

}  // namespace postroom::harfbuzz
