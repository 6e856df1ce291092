#include "cli/letter_text.h"

#include <fmt/format.h>

namespace postroom::cli {
namespace {

std::string line_text(const ports::LetterLine& line) {
  std::string out;
  for (const ports::LetterSpan& span : line.spans) out += span.text;
  return out;
}

void add_lines(std::string& out, const std::vector<ports::LetterLine>& lines, const std::string& first,
               const std::string& others) {
  for (std::size_t i = 0; i < lines.size(); ++i) out += (i == 0 ? first : others) + line_text(lines[i]) + "\n";
}

void add_list(std::string& out, const ports::LetterList& list, const std::string& indent) {
  int number = 1;
  for (const ports::LetterListItem& item : list.items) {
    std::string mark = list.numbered ? fmt::format("{}. ", number++) : "• ";
    add_lines(out, item.lines, indent + mark, indent + std::string(list.numbered ? 3 : 2, ' '));
    for (const ports::LetterList& nested : item.nested) add_list(out, nested, indent + "  ");
  }
}

void add_block(std::string& out, const ports::LetterBlock& block) {
  out += "\n";
  if (const auto* heading = std::get_if<ports::LetterHeading>(&block)) {
    add_lines(out, heading->lines, "# ", "  ");
  } else if (const auto* paragraph = std::get_if<ports::LetterParagraph>(&block)) {
    add_lines(out, paragraph->lines, "", "");
  } else if (const auto* list = std::get_if<ports::LetterList>(&block)) {
    add_list(out, *list, "");
  } else if (const auto* code = std::get_if<ports::LetterQrCode>(&block)) {
    out += fmt::format("[QR code: {}]\n", code->payload);
  } else {
    out += "[new page]\n";
  }
}

}  // namespace

std::string letter_text(const ports::LetterInput& letter) {
  std::string out;
  for (const std::string& line : letter.contact_lines) out += line + "\n";
  if (!letter.contact_lines.empty()) out += "\n";
  for (const std::string& line : letter.address_lines) out += line + "\n";
  out += "\n" + letter.date + "\n";
  if (!letter.subject.empty()) out += "\n# " + letter.subject + "\n";
  for (const ports::LetterBlock& block : letter.blocks) add_block(out, block);
  return out;
}

}  // namespace postroom::cli
