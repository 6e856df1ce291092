#include "adapters/spreadsheet/ods_reader.h"

#include <charconv>
#include <optional>
#include <unordered_set>
#include <vector>

#include "adapters/spreadsheet/cell_text.h"
#include "adapters/spreadsheet/limits.h"
#include "adapters/spreadsheet/sheet_grid.h"
#include "adapters/spreadsheet/xml_part.h"
#include "base/text.h"

namespace postroom::spreadsheet {
namespace {

constexpr std::string_view kContent = "content.xml";
constexpr std::string_view kManifest = "META-INF/manifest.xml";
// What programs repeat to fill a sheet to its end; more is no sheet.
constexpr std::uint32_t kRepeatMax = 16'777'216;

std::uint32_t repeat_of(std::string_view value) {
  return std::clamp<std::uint32_t>(parse_int<std::uint32_t>(value).value_or(1), 1, kRepeatMax);
}

bool is_hidden(std::string_view visibility) { return visibility == "collapse" || visibility == "filter"; }

// Encrypted files say so in their manifest; the content is noise.
class ManifestVisitor final : public XmlVisitor {
 public:
  Result<void> start(std::string_view name, const XmlAttributes&) override {
    encrypted_ = encrypted_ || name == "encryption-data";
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }
  bool has_enough() const override { return encrypted_; }

  bool encrypted_ = false;
};

class ContentVisitor final : public XmlVisitor {
 public:
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (skip_depth_ > 0) {
      ++skip_depth_;
      return {};
    }
    if (in_cell_) return start_in_cell(name, attributes);
    if (name == "style:style") {
      style_ = attributes.get("style:family") == "table" ? attributes.get("style:name") : std::string_view();
    } else if (name == "style:table-properties") {
      if (!style_.empty() && attributes.get("table:display") == "false" && hidden_styles_.size() < kListMax)
        hidden_styles_.insert(style_);
    } else if (name == "table:table") {
      start_table(attributes);
    } else if (in_table_) {
      start_in_table(name, attributes);
    }
    return {};
  }

  Result<void> end(std::string_view name) override {
    if (skip_depth_ > 0) {
      --skip_depth_;
      return {};
    }
    if (name == "table:table-cell" || name == "table:covered-table-cell") {
      if (in_cell_) return end_cell();
    } else if (name == "text:p" || name == "text:h") {
      in_paragraph_ = false;
    } else if (name == "table:table-row") {
      if (in_table_) return end_row();
    } else if (name == "table:table") {
      // Cells cannot hold tables here: those were skipped.
      if (in_table_) is_done_ = true;
      in_table_ = false;
    }
    return {};
  }

  void text(std::string_view piece) override {
    if (skip_depth_ == 0 && in_paragraph_) add_text(piece);
  }

  bool has_enough() const override { return is_done_; }

  SheetGrid grid_;
  bool has_tables_ = false;
  bool is_done_ = false;

 private:
  struct RowCell {
    std::uint32_t column = 0;
    std::uint32_t count = 1;
    std::uint32_t row_span = 1;
    std::uint32_t column_span = 1;
    std::string text;
  };

  void start_table(const XmlAttributes& attributes) {
    has_tables_ = true;
    if (hidden_styles_.contains(std::string(attributes.get("table:style-name")))) {
      skip_depth_ = 1;
      return;
    }
    in_table_ = true;
  }

  void start_in_table(std::string_view name, const XmlAttributes& attributes) {
    if (name == "table:table-column") {
      std::uint32_t count = repeat_of(attributes.get("table:number-columns-repeated"));
      if (is_hidden(attributes.get("table:visibility"))) grid_.hide_columns(columns_, columns_ + count - 1);
      columns_ = std::min(columns_ + count, kRepeatMax);
    } else if (name == "table:table-row") {
      row_repeat_ = repeat_of(attributes.get("table:number-rows-repeated"));
      row_hidden_ = is_hidden(attributes.get("table:visibility"));
      row_cells_.clear();
      column_ = 0;
    } else if (name == "table:table-cell" || name == "table:covered-table-cell") {
      start_cell(attributes);
    } else if (name == "table:shapes" || name == "office:forms") {
      skip_depth_ = 1;
    }
  }

  void start_cell(const XmlAttributes& attributes) {
    in_cell_ = true;
    has_paragraph_ = false;
    cell_ = {.column = column_,
             .count = repeat_of(attributes.get("table:number-columns-repeated")),
             .row_span = repeat_of(attributes.get("table:number-rows-spanned")),
             .column_span = repeat_of(attributes.get("table:number-columns-spanned"))};
    type_ = attributes.get("office:value-type");
    value_.clear();
    if (type_ == "float" || type_ == "percentage" || type_ == "currency") value_ = attributes.get("office:value");
    if (type_ == "date") value_ = attributes.get("office:date-value");
    if (type_ == "time") value_ = attributes.get("office:time-value");
    if (type_ == "boolean") value_ = attributes.get("office:boolean-value");
    if (type_ == "string") value_ = attributes.get("office:string-value");
  }

  Result<void> start_in_cell(std::string_view name, const XmlAttributes& attributes) {
    if (name == "text:p" || name == "text:h") {
      if (has_paragraph_) add_text("\n");
      has_paragraph_ = in_paragraph_ = true;
    } else if (name == "text:s") {
      constexpr std::uint32_t kBlanksMax = 10'000;
      if (in_paragraph_) add_text(std::string(std::min(repeat_of(attributes.get("text:c")), kBlanksMax), ' '));
    } else if (name == "text:tab") {
      if (in_paragraph_) add_text("\t");
    } else if (name == "text:line-break") {
      if (in_paragraph_) add_text("\n");
    } else if (!name.starts_with("text:") || name == "text:note" || name == "text:ruby-text") {
      // Comments, drawings and tables in cells are not what the cell says.
      skip_depth_ = 1;
    }
    return {};
  }

  void add_text(std::string_view text) {
    if (cell_.text.size() <= kTextBytesMax) cell_.text.append(text);
  }

  Result<void> end_cell() {
    in_cell_ = in_paragraph_ = false;
    POSTROOM_CHECK(take_value());
    column_ = std::min(column_ + cell_.count, kRepeatMax);
    if (cell_.text.empty()) return {};
    row_bytes_ += cell_.text.size();
    if (row_cells_.size() > kCellsMax || row_bytes_ > kTextBytesMax)
      return fail(ErrorKind::invalid_input, "A row of the sheet is too large: copy what you need into a new file");
    row_cells_.push_back(std::move(cell_));
    return {};
  }

  // A typed value says more than the text that shows it.
  Result<void> take_value() {
    if (value_.empty()) return {};
    std::optional<std::string> text = value_;
    if (type_ == "float" || type_ == "percentage" || type_ == "currency") {
      double number = 0;
      auto [end, error] = std::from_chars(value_.data(), value_.data() + value_.size(), number);
      if (error == std::errc() && end == value_.data() + value_.size()) text = number_text(number);
    } else if (type_ == "date") {
      text = iso_date_text(value_);
    } else if (type_ == "time") {
      text = iso_duration_text(value_);
    } else if (type_ == "boolean") {
      text = value_ == "true" ? "TRUE" : "FALSE";
    }
    if (!text)
      return fail(
          ErrorKind::invalid_input,
          fmt::format("Row {} of the sheet has a date that cannot be read: save the sheet as CSV", row_ + 1));
    cell_.text = std::move(*text);
    return {};
  }

  Result<void> end_row() {
    std::uint32_t rows = row_repeat_;
    bool has_text = !row_cells_.empty();
    if (has_text) {
      for (std::uint32_t i = 0; i < rows; ++i) POSTROOM_CHECK(put_row(row_ + i));
    } else {
      // A sheet is filled to its end with empty rows; only real ones lengthen it.
      if (rows == 1 && column_ > 0) grid_.note_row(row_);
    }
    if (row_hidden_) {
      for (std::uint32_t i = 0; i < rows && row_ + i < kRowsMax; ++i) grid_.hide_row(row_ + i);
    }
    row_ = std::min(row_ + rows, kRepeatMax);
    row_bytes_ = 0;
    row_cells_.clear();
    return {};
  }

  Result<void> put_row(std::uint32_t row) {
    for (const RowCell& cell : row_cells_) {
      // Cells that are too far right are put once: one is enough to know.
      std::uint32_t end = std::min(cell.column + cell.count, std::max(kColumnsMax, cell.column) + 1);
      for (std::uint32_t column = cell.column; column < end; ++column)
        POSTROOM_CHECK(grid_.put(row, column, cell.text));
      if (cell.row_span > 1 || cell.column_span > 1)
        POSTROOM_CHECK(grid_.merge(row, cell.column, row + cell.row_span - 1, cell.column + cell.column_span - 1));
    }
    return {};
  }

  std::string style_;
  std::unordered_set<std::string> hidden_styles_;
  std::size_t skip_depth_ = 0;  // elements of the part that is skipped
  bool in_table_ = false;
  bool in_cell_ = false;
  bool in_paragraph_ = false;
  bool has_paragraph_ = false;

  std::uint32_t columns_ = 0;
  std::uint32_t row_ = 0;
  std::uint32_t row_repeat_ = 1;
  bool row_hidden_ = false;
  std::uint32_t column_ = 0;
  std::vector<RowCell> row_cells_;
  std::size_t row_bytes_ = 0;
  RowCell cell_;
  std::string type_;
  std::string value_;
};

}  // namespace

Result<std::string> ods_to_csv(const ZipParts& parts) {
  if (parts.has(kManifest)) {
    ManifestVisitor manifest;
    POSTROOM_CHECK(visit_xml(parts, kManifest, XmlNames::local, manifest));
    if (manifest.encrypted_)
      return fail(ErrorKind::invalid_input,
                  "The workbook is protected by a password: take the password away and save it again");
  }
  ContentVisitor visitor;
  POSTROOM_CHECK(visit_xml(parts, kContent, XmlNames::prefixed, visitor));
  if (!visitor.has_tables_) return fail(ErrorKind::invalid_input, "The workbook has no sheets");
  if (!visitor.is_done_)
    return fail(ErrorKind::invalid_input, "All sheets of the workbook are hidden: show the one to be sent");
  return visitor.grid_.to_csv();
}

}  // namespace postroom::spreadsheet
