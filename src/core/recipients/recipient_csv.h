// Spreadsheets of recipients, one message a row. The sheet reads its text in place, row by row: memory does not
// grow with the number of rows.
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "core/recipients/csv_reader.h"

namespace postroom::recipients {

// Rows beyond are counted, not read.
inline constexpr std::size_t kSheetRowsMax = 100'000;
inline constexpr std::size_t kSheetBytesMax = 10 * 1024 * 1024;
inline constexpr std::size_t kAddressColumns = 8;

enum class Channel : std::uint8_t { email, sms, letter };

struct SheetSpec {
  Channel channel = Channel::sms;
  std::vector<std::string> placeholders;  // names in the template, in listing order
  std::size_t rows_max = kSheetRowsMax;
};

// Nothing (empty or absent cell), a text, or a list (several columns with the same header), whose elements may be
// nothing.
using CellList = std::vector<std::optional<std::string>>;
using CellValue = std::variant<std::monostate, std::string, CellList>;

enum class FieldUse : std::uint8_t { recipient, address, placeholder };

struct RowField {
  std::string_view key;  // column_key of the header; lives as long as the sheet
  FieldUse use = FieldUse::placeholder;
  CellValue value;
};

struct RecipientRow {
  std::size_t index = 0;                 // from 0, blank rows counted; people see index + 2
  std::optional<std::string> recipient;  // email, SMS
  // Letters: lines 1 to 6, postcode, line 7; nothing for absent columns and empty cells.
  std::array<std::optional<std::string>, kAddressColumns> address;
  // Recipient columns and placeholders of the template, in column order, one field a key.
  std::vector<RowField> fields;
  std::optional<std::string> client_reference;  // column "reference", unless the template uses it
  std::vector<std::string> extra_cells;         // beyond the last header

  // Null when there is no such column.
  const CellValue* find(std::string_view key) const;
};

// {"name": "Ann", "item": ["one", null]}; keys as column_key, empty cells null.
boost::json::object personalisation_of(const RecipientRow& row);
// The lines that make the postal address, joined by LF (line 7 wins over the postcode when there is such a
// column).
std::string address_text(const RecipientRow& row);

class RecipientRows;

class RecipientSheet {
 public:
  // Reads headers and counts rows. `text` is UTF-8 (a byte-order mark may lead) and must outlive the sheet and
  // its rows. Any text is a sheet; see the checks below and sheet_check.h.
  RecipientSheet(std::string_view text, SheetSpec spec);
  RecipientSheet(const RecipientSheet&) = delete;  // rows hold views of the sheet
  RecipientSheet& operator=(const RecipientSheet&) = delete;

  const SheetSpec& spec() const { return spec_; }
  // As typed, each distinct spelling once.
  const std::vector<std::string>& headers() const { return distinct_headers_; }
  std::size_t row_count() const { return row_count_; }
  bool too_many_rows() const { return row_count_ > spec_.rows_max; }

  // The channel's recipient column is there; letters: three address columns.
  bool has_recipient_columns() const;
  // Recipient columns and placeholders that have no column; address columns are never listed.
  std::vector<std::string> missing_headers() const;
  // Headers, as typed, that name the same recipient column.
  const std::vector<std::string>& duplicate_recipient_headers() const { return duplicates_; }
  // Keys of columns that the template does not use.
  const std::vector<std::string>& ignored_columns() const { return ignored_; }

  // The rows below rows_max, in order. Several may be read at the same time.
  RecipientRows rows() const;

 private:
  friend class RecipientRows;

  // What becomes of the cells of one column.
  struct Column {
    enum class Use : std::uint8_t { ignored, recipient, address, placeholder, reference };
    Use use = Use::ignored;
    std::size_t field = 0;         // position in RecipientRow::fields
    std::size_t address_slot = 0;  // position in RecipientRow::address
  };
  struct Field {
    std::string key;
    FieldUse use;
  };

  void measure_rows();
  void keep_columns(const std::vector<std::string>& raw_headers);
  void map_columns();
  std::size_t field_of(const std::string& key, FieldUse use);
  void find_duplicates();

  SheetSpec spec_;
  std::string_view body_;  // the text after the header row
  std::size_t row_count_ = 0;
  std::size_t width_ = 0;             // 1 + highest index of a non-empty cell in any data row
  std::vector<std::string> columns_;  // the header of each column that rows are matched with
  std::vector<std::string> keys_;     // column_key of each of columns_
  std::unordered_set<std::string> key_set_;
  std::vector<Column> uses_;       // of each of columns_
  std::vector<std::size_t> used_;  // the columns that are not ignored
  std::vector<Field> fields_;
  std::vector<std::string> distinct_headers_;
  std::vector<std::string> duplicates_;
  std::vector<std::string> ignored_;
};

// Reads rows in order. Reuse one RecipientRow for all of them: its memory is kept.
class RecipientRows {
 public:
  bool next(RecipientRow& row);

 private:
  friend class RecipientSheet;
  explicit RecipientRows(const RecipientSheet& sheet) : sheet_(&sheet), reader_(sheet.body_) {}
  void clear(RecipientRow& row) const;
  void put(RecipientRow& row, std::size_t column, std::string_view cell);

  const RecipientSheet* sheet_;
  CsvReader reader_;
  std::size_t index_ = 0;
  std::vector<std::string_view> cells_;
  std::string buffer_;
};

inline RecipientRows RecipientSheet::rows() const { return RecipientRows(*this); }

// The keys ("emailaddress", "addressline1"…) of a channel's recipient columns.
const std::vector<std::string>& recipient_keys(Channel channel);

}  // namespace postroom::recipients
