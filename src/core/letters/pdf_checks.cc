#include "core/letters/pdf_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "core/letters/letter_zones.h"
#include "core/recipients/plain_text.h"

namespace postroom::letters {
namespace {

constexpr std::string_view kTag = "NOTIFY";
// A page full of words over the window is no address; what is said about it stays readable.
constexpr std::size_t kDetailsMax = 10;
// Words are looked at on all of the first page, to see later that none got lost.
constexpr pdf::Box kLargestPage{0, 0, 212, 299};

bool touch(const pdf::Box& a, const pdf::Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

bool within(const pdf::Box& inner, const pdf::Box& outer) {
  return inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top &&
         inner.bottom <= outer.bottom;
}

pdf::Box grown(const pdf::Box& box) {
  return {box.left - kZoneGrowth, box.top - kZoneGrowth, box.right + kZoneGrowth, box.bottom + kZoneGrowth};
}

std::string place(const pdf::Box& box) {
  return fmt::format("{:.1f} to {:.1f} mm from the left and {:.1f} to {:.1f} mm from the top", box.left, box.right,
                     box.top, box.bottom);
}

// The words that touch `box`, one string for each line.
std::vector<std::string> lines_within(const pdf::Page& page, const pdf::Box& box) {
  std::vector<const pdf::Word*> words;
  for (const pdf::Word& word : page.words) {
    if (touch(word.box, box)) words.push_back(&word);
  }
  // All of one page's vector: of one line, the order of the addresses is that of the reader.
  std::sort(words.begin(), words.end(), [](const pdf::Word* a, const pdf::Word* b) {
    return std::tuple(a->block, a->line, a) < std::tuple(b->block, b->line, b);
  });
  std::vector<std::string> lines;
  const pdf::Word* before = nullptr;
  for (const pdf::Word* word : words) {
    bool same_line = before != nullptr && before->block == word->block && before->line == word->line;
    if (same_line) {
      lines.back() += " " + word->text;
    } else {
      lines.push_back(word->text);
    }
    before = word;
  }
  return lines;
}

template <typename IsWrong>
std::vector<int> pages_where(const pdf::Facts& facts, IsWrong is_wrong) {
  std::vector<int> pages;
  for (std::size_t i = 0; i < facts.pages.size(); ++i) {
    if (is_wrong(i)) pages.push_back(static_cast<int>(i) + 1);
  }
  return pages;
}

PageSize size_of(const pdf::Page& page) {
  bool on_its_side = page.rotation % 180 != 0;
  return on_its_side ? PageSize{page.height, page.width} : PageSize{page.width, page.height};
}

bool check_size(const pdf::Facts& facts, PdfVerdict& verdict) {
  auto pages = pages_where(facts, [&](std::size_t i) { return !pdf::is_a4_portrait(facts.pages[i]); });
  if (pages.empty()) return true;
  verdict.code = "letter-not-a4-portrait-oriented";
  for (int number : pages) {
    const PageSize& size = verdict.sizes[static_cast<std::size_t>(number) - 1];
    verdict.details.push_back(fmt::format("Page {} is shown {} mm wide and {} mm high.", number,
                                          millimetres(size.width), millimetres(size.height)));
  }
  verdict.invalid_pages = std::move(pages);
  return false;
}

bool check_ink(const pdf::Facts& facts, PdfVerdict& verdict) {
  auto pages = pages_where(facts, [&](std::size_t i) { return facts.pages[i].ink_outside; });
  if (pages.empty()) return true;
  verdict.code = "content-outside-printable-area";
  for (int number : pages) {
    const auto& places = facts.pages[static_cast<std::size_t>(number) - 1].ink_places;
    for (std::size_t i = 0; i < places.size() && verdict.details.size() < kDetailsMax; ++i)
      verdict.details.push_back(fmt::format("Page {} has something {}.", number, place(places[i])));
  }
  verdict.invalid_pages = std::move(pages);
  return false;
}

bool check_tags(const pdf::Facts& facts, const PdfRules& rules, PdfVerdict& verdict) {
  auto pages =
      pages_where(facts, [&](std::size_t i) { return (i > 0 || rules.attachment) && is_tagged(facts.pages[i]); });
  if (pages.empty()) return true;
  verdict.code = "notify-tag-found-in-content";
  for (int number : pages)
    verdict.details.push_back(fmt::format("Page {} has the word {} in its top left corner.", number, kTag));
  verdict.invalid_pages = std::move(pages);
  return false;
}

// Words that only reach into the box around the window are the usual reason for an address that makes no sense.
void note_words_beside_window(const pdf::Page& page, PdfVerdict& verdict) {
  for (const pdf::Word& word : page.words) {
    if (!touch(word.box, kAddressExtraction) || touch(word.box, kAddressWindow)) continue;
    if (verdict.details.size() == kDetailsMax) return;
    verdict.details.push_back(
        fmt::format("The word '{}' at {} is read as part of the address, although it is beside the window.",
                    word.text, place(word.box)));
  }
}

void note_words_across_edge(const pdf::Page& page, PdfVerdict& verdict) {
  for (const pdf::Word& word : page.words) {
    if (!touch(word.box, kAddressWindow) || within(word.box, kAddressExtraction)) continue;
    if (verdict.details.size() == kDetailsMax) return;
    verdict.details.push_back(
        fmt::format("The word '{}' at {} reaches out of the window.", word.text, place(word.box)));
  }
}

bool is_blank(const std::vector<std::string>& lines) {
  return std::all_of(lines.begin(), lines.end(),
                     [](const std::string& line) { return recipients::normalise_spaces(line).empty(); });
}

std::string_view address_code(const std::vector<std::string>& read, const recipients::PostalAddress& address,
                              recipients::AddressError error) {
  if (is_blank(read)) return "address-is-empty";
  // Lines were read, but none is left once names of the United Kingdom are taken off.
  if (address.lines().empty()) return "not-enough-address-lines";
  return recipients::pdf_failure_code(address, error);
}

bool check_address(const pdf::Page& page, const PdfRules& rules, PdfVerdict& verdict) {
  verdict.address_as_read = address_lines(page);
  verdict.address = recipients::PostalAddress::read(join(verdict.address_as_read, "\n"));
  auto error = verdict.address->check(rules.international);
  if (!error) return true;
  verdict.code = address_code(verdict.address_as_read, *verdict.address, *error);
  verdict.invalid_pages = {1};
  note_words_beside_window(page, verdict);
  note_words_across_edge(page, verdict);
  return false;
}

}  // namespace

pdf::Look look_for(const PdfRules& rules) {
  pdf::Look look;
  look.pages_max = kPdfPagesMax;
  look.tag_within = kTagDetection;
  look.allowed_others = {grown(kPrintableBorder)};
  if (rules.attachment) {
    look.allowed_first = look.allowed_others;
  } else {
    look.words_within = kLargestPage;
    look.allowed_first = {grown(kFirstPageBody), grown(kServiceAddress), grown(kLogo), grown(kAddressWindow)};
  }
  return look;
}

PdfVerdict judge(const pdf::Facts& facts, const PdfRules& rules) {
  if (facts.page_count <= 0) return unreadable_pdf();
  PdfVerdict verdict;
  verdict.page_count = facts.page_count;
  if (facts.page_count > kPdfPagesMax) {
    verdict.code = "letter-too-long";
    verdict.details.push_back(fmt::format("The file has {} pages.", facts.page_count));
    return verdict;
  }
  // Each page is judged with all its words, or none.
  bool too_many_words = std::any_of(facts.pages.begin(), facts.pages.end(),
                                    [](const pdf::Page& page) { return page.words.size() >= pdf::kWordsMax; });
  if (facts.pages.size() != static_cast<std::size_t>(facts.page_count) || too_many_words) {
    verdict.code = unreadable_pdf().code;
    return verdict;
  }
  for (const pdf::Page& page : facts.pages) verdict.sizes.push_back(size_of(page));
  if (!check_size(facts, verdict) || !check_ink(facts, verdict) || !check_tags(facts, rules, verdict))
    return verdict;
  if (rules.attachment) return verdict;
  verdict.tagged = is_tagged(facts.pages.front());
  verdict.tag_place_taken = !verdict.tagged && !lines_within(facts.pages.front(), kTagDetection).empty();
  check_address(facts.pages.front(), rules, verdict);
  return verdict;
}

PdfVerdict unreadable_pdf() {
  PdfVerdict verdict;
  verdict.code = "unable-to-read-the-file";
  return verdict;
}

PdfVerdict unprintable_address(PdfVerdict verdict, std::string reason) {
  verdict.code = "invalid-char-in-address";
  verdict.invalid_pages = {1};
  verdict.details.push_back(std::move(reason));
  return verdict;
}

std::vector<std::string> address_lines(const pdf::Page& first_page) {
  std::vector<std::string> lines = lines_within(first_page, kAddressExtraction);
  for (std::string& line : lines) line = recipients::decompose_compatibility(line);
  return lines;
}

bool is_tagged(const pdf::Page& page) {
  std::vector<std::string> lines = lines_within(page, kTagDetection);
  return lines.size() == 1 && trim(lines.front()) == kTag;
}

std::size_t words_lost(const pdf::Page& before, const pdf::Page& after) {
  auto kept_words = [](const pdf::Page& page) {
    std::vector<std::string_view> texts;
    for (const pdf::Word& word : page.words) {
      if (!touch(word.box, grown(kAddressExtraction)) && !touch(word.box, grown(kTagDetection)))
        texts.push_back(word.text);
    }
    std::sort(texts.begin(), texts.end());
    return texts;
  };
  auto had = kept_words(before);
  auto has = kept_words(after);
  std::vector<std::string_view> lost;
  std::set_difference(had.begin(), had.end(), has.begin(), has.end(), std::back_inserter(lost));
  return lost.size();
}

std::string millimetres(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

notifications::Postage pdf_postage(std::optional<notifications::Postage> asked, recipients::PostageZone zone) {
  switch (zone) {
    case recipients::PostageZone::europe: return notifications::Postage::europe;
    case recipients::PostageZone::rest_of_world: return notifications::Postage::rest_of_world;
    case recipients::PostageZone::united_kingdom: break;
  }
  return asked.value_or(notifications::Postage::second);
}

}  // namespace postroom::letters
