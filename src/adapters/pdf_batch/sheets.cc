#include "adapters/pdf_batch/sheets.h"

#include <algorithm>

#include "core/letters/print_file.h"

namespace postroom::pdf_batch {
namespace {

using Lines = std::vector<std::string>;

ports::LetterParagraph paragraph(const Lines& lines) {
  ports::LetterParagraph out;
  for (const std::string& line : lines) out.lines.push_back({{{.text = line, .bold = false}}});
  return out;
}

std::string plain(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

void make_plain(ports::LetterInput& sheet) {
  sheet.subject = plain(sheet.subject);
  for (ports::LetterBlock& block : sheet.blocks) {
    for (ports::LetterLine& line : std::get<ports::LetterParagraph>(block).lines)
      for (ports::LetterSpan& span : line.spans) span.text = plain(span.text);
  }
}

// What stands in the window, should the sheet ever get into an envelope, says so.
Result<Bytes> render(ports::LetterRenderer& renderer, std::string kind, std::string_view file_name,
                     std::string subject, const std::vector<Lines>& paragraphs) {
  ports::LetterInput sheet;
  sheet.address_lines = {std::move(kind), "Not a letter", "Do not post"};
  const auto facts = letters::parse_print_file_name(file_name);
  if (facts) sheet.date = facts->day_for_people;
  sheet.subject = std::move(subject);
  for (const Lines& lines : paragraphs) sheet.blocks.emplace_back(paragraph(lines));
  sheet.notify_tag = false;
  sheet.page_limit = std::nullopt;
  auto rendered = renderer.render(sheet);
  // A sender's name that no font has must not hold up the letters.
  if (!rendered && rendered.error().kind == ErrorKind::invalid_input) {
    make_plain(sheet);
    rendered = renderer.render(sheet);
  }
  if (!rendered) return fail(std::move(rendered).error());
  return std::move(rendered->pdf);
}

std::string counted(int count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string title_of(std::string_view file_name) {
  const auto facts = letters::parse_print_file_name(file_name);
  if (!facts) return std::string(file_name);
  return fmt::format("{}{}", facts->postage_for_people, facts->is_again ? ", printed again" : "");
}

}  // namespace

Result<Bytes> count_sheet(ports::LetterRenderer& renderer, std::string_view file_name,
                          const std::vector<BatchPart>& parts) {
  int letters = 0, sheets = 0;
  for (const BatchPart& part : parts) {
    letters += part.letters;
    sheets += part.sheets;
  }
  std::vector<Lines> paragraphs{{fmt::format("File: {}", file_name)},
                                {fmt::format("Letters: {}", letters), fmt::format("Sheets of letters: {}", sheets),
                                 fmt::format("Separators: {}", parts.size() > 1 ? parts.size() : 0)},
                                {fmt::format("First letter: {}", parts.front().first_reference),
                                 fmt::format("Last letter: {}", parts.back().last_reference)}};
  for (const BatchPart& part : parts) {
    paragraphs.push_back(
        {part.sender,
         fmt::format("{}, {}", counted(part.letters, "letter", "letters"), counted(part.sheets, "sheet", "sheets")),
         fmt::format("{} to {}", part.first_reference, part.last_reference)});
  }
  paragraphs.push_back({"Print on both sides, in black. Each letter begins on a front side.",
                        "When all are in the post, tell postroom: postroom letters printed FILE"});
  return render(renderer, "Count sheet", file_name, fmt::format("Count sheet: {}", title_of(file_name)),
                paragraphs);
}

Result<Bytes> separator(ports::LetterRenderer& renderer, std::string_view file_name,
                        const std::vector<BatchPart>& parts, std::size_t index) {
  const BatchPart& part = parts[index];
  return render(renderer, "Separator", file_name, part.sender,
                {{fmt::format("{} of {} in {}", index + 1, parts.size(), file_name)},
                 {fmt::format("Letters: {}", part.letters), fmt::format("Sheets of letters: {}", part.sheets)},
                 {fmt::format("First letter: {}", part.first_reference),
                  fmt::format("Last letter: {}", part.last_reference)}});
}

}  // namespace postroom::pdf_batch
