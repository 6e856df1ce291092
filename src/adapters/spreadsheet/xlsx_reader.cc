#include "adapters/spreadsheet/xlsx_reader.h"

#include <charconv>
#include <optional>

#include "adapters/spreadsheet/limits.h"
#include "adapters/spreadsheet/sheet_grid.h"
#include "adapters/spreadsheet/xlsx_workbook.h"
#include "adapters/spreadsheet/xml_part.h"
#include "base/text.h"

namespace postroom::spreadsheet {
namespace {

// The sizes of an Excel sheet.
constexpr std::uint32_t kSheetRows = 1'048'576;
constexpr std::uint32_t kSheetColumns = 16'384;

tl::unexpected<Error> damaged() {
  return fail(
      ErrorKind::invalid_input,
      "The sheet is damaged: open the workbook in your spreadsheet program, save it again and try once more");
}

struct Place {
  std::uint32_t row, column;
};

// "B7" is row 6, column 1.
std::optional<Place> parse_place(std::string_view text) {
  std::uint32_t column = 0;
  std::size_t at = 0;
  for (; at < text.size() && text[at] >= 'A' && text[at] <= 'Z'; ++at) {
    column = column * 26 + static_cast<std::uint32_t>(text[at] - 'A' + 1);
    if (column > kSheetColumns) return std::nullopt;
  }
  auto row = parse_int<std::uint32_t>(text.substr(at));
  if (column == 0 || !row || *row == 0 || *row > kSheetRows) return std::nullopt;
  return Place{*row - 1, column - 1};
}

class SheetVisitor final : public XmlVisitor {
 public:
  explicit SheetVisitor(const XlsxWorkbook& workbook) : workbook_(workbook) {}

  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "c") return start_cell(attributes);
    if (name == "v" || name == "t") {
      takes_text_ = in_cell_ && !in_phonetic_;
    } else if (name == "row") {
      return start_row(attributes);
    } else if (name == "rPh") {
      in_phonetic_ = true;
    } else if (name == "col") {
      hide_columns(attributes);
    } else if (name == "mergeCell") {
      return merge(attributes.get("ref"));
    }
    return {};
  }

  Result<void> end(std::string_view name) override {
    if (name == "v" || name == "t") {
      takes_text_ = false;
    } else if (name == "rPh") {
      in_phonetic_ = false;
    } else if (name == "c") {
      in_cell_ = false;
      return put_cell();
    }
    return {};
  }

  void text(std::string_view piece) override {
    if (takes_text_ && value_.size() <= kTextBytesMax) value_.append(piece);
  }

  SheetGrid grid_;

 private:
  Result<void> start_row(const XmlAttributes& attributes) {
    std::string_view number = attributes.get("r");
    if (number.empty()) {
      row_ = next_row_;
    } else {
      auto row = parse_int<std::uint32_t>(number);
      if (!row || *row == 0) return damaged();
      row_ = *row - 1;
    }
    if (row_ >= kSheetRows) return damaged();
    next_row_ = row_ + 1;
    next_column_ = 0;
    grid_.note_row(row_);
    if (xml_flag(attributes.get("hidden"))) grid_.hide_row(row_);
    return {};
  }

  Result<void> start_cell(const XmlAttributes& attributes) {
    std::string_view place = attributes.get("r");
    if (place.empty()) {
      column_ = next_column_;
    } else {
      auto parsed = parse_place(place);
      if (!parsed) return damaged();
      column_ = parsed->column;
    }
    if (column_ >= kSheetColumns) return damaged();
    next_column_ = column_ + 1;
    type_ = attributes.get("t");
    style_ = parse_int<std::size_t>(attributes.get("s")).value_or(0);
    value_.clear();
    in_cell_ = true;
    return {};
  }

  void hide_columns(const XmlAttributes& attributes) {
    auto first = parse_int<std::uint32_t>(attributes.get("min"));
    auto last = parse_int<std::uint32_t>(attributes.get("max"));
    if (xml_flag(attributes.get("hidden")) && first && last && *first > 0 && *last >= *first)
      grid_.hide_columns(*first - 1, *last - 1);
  }

  Result<void> merge(std::string_view range) {
    std::size_t colon = range.find(':');
    if (colon == std::string_view::npos) return {};
    auto first = parse_place(range.substr(0, colon));
    auto last = parse_place(range.substr(colon + 1));
    if (!first || !last) return damaged();
    return grid_.merge(first->row, first->column, last->row, last->column);
  }

  Result<void> put_cell() {
    if (value_.empty()) return {};
    if (type_ == "s") {
      auto index = parse_int<std::size_t>(value_);
      if (!index || *index >= workbook_.strings.size()) return damaged();
      return grid_.put(row_, column_, workbook_.strings.at(*index));
    }
    if (type_ == "b") return grid_.put(row_, column_, value_ == "0" ? "FALSE" : "TRUE");
    if (type_ == "str" || type_ == "inlineStr") return grid_.put(row_, column_, unescape_xlsx(value_));
    if (type_ == "d") {
      auto date = iso_date_text(value_);
      return date ? grid_.put(row_, column_, *date) : unreadable_date();
    }
    // Errors such as #N/A are shown as they are.
    if (type_ == "e") return grid_.put(row_, column_, value_);
    return put_number();
  }

  Result<void> put_number() {
    double number = 0;
    auto [end, error] = std::from_chars(value_.data(), value_.data() + value_.size(), number);
    if (error != std::errc() || end != value_.data() + value_.size()) return grid_.put(row_, column_, value_);
    NumberKind kind = style_ < workbook_.cell_styles.size() ? workbook_.cell_styles[style_] : NumberKind::number;
    if (kind == NumberKind::number) return grid_.put(row_, column_, number_text(number));
    auto text = kind == NumberKind::date ? date_text(number, workbook_.from_1904) : duration_text(number);
    return text ? grid_.put(row_, column_, *text) : unreadable_date();
  }

  Result<void> unreadable_date() const {
    return fail(ErrorKind::invalid_input,
                fmt::format("Row {} of the sheet has a date that cannot be read: save the sheet as CSV", row_ + 1));
  }

  const XlsxWorkbook& workbook_;
  std::uint32_t row_ = 0, next_row_ = 0;
  std::uint32_t column_ = 0, next_column_ = 0;
  std::string type_;
  std::size_t style_ = 0;
  std::string value_;
  bool in_cell_ = false;
  bool in_phonetic_ = false;
  bool takes_text_ = false;
};

}  // namespace

Result<std::string> xlsx_to_csv(const ZipParts& parts) {
  POSTROOM_TRY(workbook, open_xlsx(parts));
  SheetVisitor visitor(workbook);
  POSTROOM_CHECK(visit_xml(parts, workbook.sheet_part, XmlNames::local, visitor));
  return visitor.grid_.to_csv();
}

}  // namespace postroom::spreadsheet
