#include "flows/letter_check/letter_check.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "core/letters/letter_zones.h"
#include "core/recipients/plain_text.h"

namespace postroom::flows {
namespace {

using letters::PdfVerdict;

// A file that grows by more than half has usually had its pictures unpacked.
constexpr double kGrowthExpectedMax = 1.5;

letters::PdfRules rules_of(const CheckOptions& options) {
  return {.international = options.international, .attachment = options.attachment};
}

CheckedLetter refused(PdfVerdict verdict) {
  CheckedLetter letter;
  letter.page_count = verdict.page_count.value_or(0);
  letter.verdict = std::move(verdict);
  return letter;
}

PdfVerdict unreadable(const CheckedLetter& letter) {
  PdfVerdict verdict = letters::unreadable_pdf();
  verdict.page_count = letter.verdict.page_count;
  return verdict;
}

ports::LetterStamp stamp_of(const CheckedLetter& letter, const pdf::Page& page) {
  ports::LetterStamp stamp{.address_lines = letter.address_lines,
                           .notify_tag = !letter.verdict.tagged,
                           .page_width = page.width,
                           .page_height = page.height};
  if (page.rotation % 180 != 0) std::swap(stamp.page_width, stamp.page_height);
  return stamp;
}

void note_size(std::size_t before, std::size_t after) {
  if (after > kSanitisedBytesExpectedMax) {
    log_error("letters.sanitised_large", {{"bytes", after}, {"bytes_before", before}});
  } else if (static_cast<double>(after) > kGrowthExpectedMax * static_cast<double>(before)) {
    log_warning("letters.sanitised_grown", {{"bytes", after}, {"bytes_before", before}});
  }
}

// Readers differ in where they see blanks between letters that stand close, and in how they spell accents.
std::string comparable(const std::vector<std::string>& lines) {
  std::string text = recipients::decompose_compatibility(join(lines, "\n"));
  std::erase(text, ' ');
  return text;
}

tl::unexpected<Error> not_as_written(std::string what) {
  return fail(ErrorKind::internal, "The sanitised letter is not printed: " + std::move(what));
}

}  // namespace

Result<CheckedLetter> LetterCheck::check(BytesView pdf, const CheckOptions& options) const {
  letters::PdfRules rules = rules_of(options);
  auto facts = scanner_.look(pdf, letters::look_for(rules));
  if (!facts && facts.error().kind == ErrorKind::invalid_input) return refused(letters::unreadable_pdf());
  if (!facts) return tl::unexpected(facts.error());
  CheckedLetter letter = refused(letters::judge(*facts, rules));
  if (!letter.verdict.passed()) return letter;
  if (letter.verdict.address) {
    letter.address_lines = letter.verdict.address->lines();
    letter.postage_zone = letter.verdict.address->postage_zone();
  }
  if (!options.sanitise) return letter;
  return sanitise(pdf, std::move(letter), *facts, options);
}

Result<CheckedLetter> LetterCheck::sanitise(BytesView pdf, CheckedLetter letter, const pdf::Facts& facts,
                                            const CheckOptions& options) const {
  ports::PdfRewrite changes{.redact = {},
                            .whiten = {},
                            .stamp = {},
                            .to_cmyk = facts.has_rgb,
                            .embed_fonts = !facts.fonts_not_embedded.empty()};
  if (!options.attachment) {
    auto stamp = stamper_.stamp(stamp_of(letter, facts.pages.front()));
    if (!stamp && stamp.error().kind == ErrorKind::invalid_input)
      return refused(letters::unprintable_address(std::move(letter.verdict), stamp.error().message));
    if (!stamp) return tl::unexpected(stamp.error());
    changes.stamp = std::move(*stamp);
    changes.redact.push_back(letters::kAddressExtraction);
    if (letter.verdict.tag_place_taken) changes.redact.push_back(letters::kTagDetection);
    changes.whiten = letters::kAddressWindow;
  }
  auto rewritten = scanner_.rewrite(pdf, changes);
  if (!rewritten && rewritten.error().kind == ErrorKind::invalid_input) return refused(unreadable(letter));
  if (!rewritten) return tl::unexpected(rewritten.error());
  POSTROOM_CHECK(verify(*rewritten, letter, facts, options));
  note_size(pdf.size(), rewritten->size());
  letter.sanitised = std::move(*rewritten);
  return letter;
}

Result<void> LetterCheck::verify(BytesView sanitised, const CheckedLetter& letter, const pdf::Facts& before,
                                 const CheckOptions& options) const {
  pdf::Look look = letters::look_for(rules_of(options));
  // The places of ink were judged before; rasterising again would double the time of a check.
  look.allowed_first.clear();
  look.allowed_others.clear();
  auto facts = scanner_.look(sanitised, look);
  if (!facts && facts.error().kind == ErrorKind::invalid_input) return not_as_written("it cannot be read");
  if (!facts) return tl::unexpected(facts.error());
  if (facts->page_count != letter.page_count || facts->pages.size() != static_cast<std::size_t>(letter.page_count))
    return not_as_written("its number of pages changed");
  for (std::size_t i = 0; i < facts->pages.size(); ++i) {
    bool should_be_tagged = i == 0 && !options.attachment;
    if (letters::is_tagged(facts->pages[i]) != should_be_tagged)
      return not_as_written("the tag is not once on its first page");
  }
  if (!options.attachment &&
      comparable(letters::address_lines(facts->pages.front())) != comparable(letter.address_lines))
    return not_as_written("its address does not read as it was written");
  // Of a font that was replaced, letters may read otherwise than before.
  if (!options.attachment && before.fonts_not_embedded.empty() &&
      letters::words_lost(before.pages.front(), facts->pages.front()) > 0)
    return not_as_written("words of its first page got lost");
  if (facts->has_rgb) log_warning("letters.sanitised_with_rgb", {{"pages", letter.page_count}});
  if (!facts->fonts_not_embedded.empty())
    log_warning("letters.sanitised_without_fonts", {{"fonts", facts->fonts_not_embedded.size()}});
  return {};
}

}  // namespace postroom::flows
