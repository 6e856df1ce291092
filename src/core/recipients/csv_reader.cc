#include "core/recipients/csv_reader.h"

#include <algorithm>

namespace postroom::recipients {

bool CsvReader::next(std::vector<std::string_view>& cells) {
  cells.clear();
  unquoted_used_ = 0;
  if (position_ >= text_.size()) return false;
  if (text_[position_] == '\n' || text_[position_] == '\r') {
    skip_line_end();
    return true;
  }
  for (;;) {
    std::string_view cell = read_cell();
    if (cells.size() < kCsvCellsMax) cells.push_back(cell);
    if (position_ >= text_.size() || text_[position_] != separator_) break;
    ++position_;
  }
  skip_line_end();
  return true;
}

bool CsvReader::at_cell_end() const {
  if (position_ >= text_.size()) return true;
  char c = text_[position_];
  return c == separator_ || c == '\n' || c == '\r';
}

void CsvReader::skip_line_end() {
  if (position_ < text_.size() && text_[position_] == '\r') ++position_;
  if (position_ < text_.size() && text_[position_] == '\n') ++position_;
}

std::string_view CsvReader::read_to_cell_end() {
  std::size_t start = position_;
  while (!at_cell_end()) ++position_;
  return text_.substr(start, position_ - start);
}

std::string_view CsvReader::read_cell() {
  while (position_ < text_.size() && text_[position_] == ' ') ++position_;
  if (position_ < text_.size() && text_[position_] == '"') return read_quoted_cell();
  return read_to_cell_end();
}

std::string_view CsvReader::read_quoted_cell() {
  ++position_;
  std::size_t close = text_.find('"', position_);
  if (close == std::string_view::npos) close = text_.size();
  std::string_view first = text_.substr(position_, close - position_);
  position_ = std::min(close + 1, text_.size());
  if (at_cell_end()) return first;

  // Doubled quotes, or text after the closing quote: the cell has to be put together.
  if (unquoted_used_ == unquoted_.size()) unquoted_.emplace_back();
  std::string& cell = unquoted_[unquoted_used_++];
  cell.assign(first);
  while (position_ < text_.size() && text_[position_] == '"') {
    cell.push_back('"');
    ++position_;
    close = text_.find('"', position_);
    if (close == std::string_view::npos) close = text_.size();
    cell.append(text_, position_, close - position_);
    position_ = std::min(close + 1, text_.size());
  }
  cell.append(read_to_cell_end());
  return cell;
}

void append_csv_cell(std::string& out, std::string_view cell) {
  bool plain = cell.find_first_of(",\"\r\n") == std::string_view::npos && !cell.starts_with(' ');
  if (plain) {
    out.append(cell);
    return;
  }
  out.push_back('"');
  for (char c : cell) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace postroom::recipients
