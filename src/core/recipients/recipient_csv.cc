#include "core/recipients/recipient_csv.h"

#include <algorithm>
#include <boost/json.hpp>
#include <unordered_map>

#include "base/json.h"
#include "core/recipients/plain_text.h"

namespace postroom::recipients {
namespace {

constexpr std::size_t kPostcodeSlot = 6;
constexpr std::size_t kLine7Slot = 7;
constexpr std::size_t kAddressColumnsMin = 3;
constexpr std::string_view kReferenceKey = "reference";

bool contains(const std::vector<std::string>& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// As spreadsheets are told to name them.
std::string_view recipient_header(Channel channel) {
  return channel == Channel::email ? "email address" : "phone number";
}

std::size_t position_in(const std::vector<std::string>& list, std::string_view wanted) {
  return static_cast<std::size_t>(std::find(list.begin(), list.end(), wanted) - list.begin());
}

std::string_view without_outer_blanks(std::string_view text) {
  // Empty rows and columns at the end of a file vanish with the commas.
  return trim_unicode_space(trim_all(text, ","));
}

void gather(CellValue& value, std::string_view cell) {
  auto element = cell.empty() ? std::nullopt : std::optional<std::string>(cell);
  if (auto* list = std::get_if<CellList>(&value)) {
    list->push_back(std::move(element));
  } else if (auto* text = std::get_if<std::string>(&value)) {
    CellList list;
    list.push_back(std::move(*text));
    list.push_back(std::move(element));
    value = std::move(list);
  } else if (element) {
    value = std::move(*element);
  }
}

}  // namespace

const std::vector<std::string>& recipient_keys(Channel channel) {
  static const std::vector<std::string> email = {"emailaddress"};
  static const std::vector<std::string> sms = {"phonenumber"};
  static const std::vector<std::string> letter = {"addressline1", "addressline2", "addressline3", "addressline4",
                                                  "addressline5", "addressline6", "postcode",     "addressline7"};
  switch (channel) {
    case Channel::email: return email;
    case Channel::sms: return sms;
    case Channel::letter: return letter;
  }
  return sms;
}

const CellValue* RecipientRow::find(std::string_view key) const {
  for (const RowField& field : fields) {
    if (field.key == key) return &field.value;
  }
  return nullptr;
}

json::object personalisation_of(const RecipientRow& row) {
  json::object object;
  object.reserve(row.fields.size());
  for (const RowField& field : row.fields) {
    json::value& value = object[field.key];
    if (const auto* text = std::get_if<std::string>(&field.value)) {
      value = *text;
    } else if (const auto* list = std::get_if<CellList>(&field.value)) {
      json::array& array = value.emplace_array();
      for (const auto& element : *list) array.push_back(element ? json::value(*element) : json::value(nullptr));
    }
  }
  return object;
}

std::string address_text(const RecipientRow& row) {
  std::string text;
  for (std::size_t slot = 0; slot < kPostcodeSlot; ++slot)
    text.append(row.address[slot].value_or("")).push_back('\n');
  bool has_line_7 = row.find(recipient_keys(Channel::letter)[kLine7Slot]) != nullptr;
  text += row.address[has_line_7 ? kLine7Slot : kPostcodeSlot].value_or("");
  return text;
}

RecipientSheet::RecipientSheet(std::string_view text, SheetSpec spec) : spec_(std::move(spec)) {
  CsvReader reader(without_outer_blanks(text));
  std::vector<std::string_view> cells;
  reader.next(cells);
  std::vector<std::string> raw_headers(cells.begin(), cells.end());
  body_ = reader.rest();
  measure_rows();
  keep_columns(raw_headers);
  map_columns();
  find_duplicates();
}

void RecipientSheet::measure_rows() {
  CsvReader reader(body_);
  std::vector<std::string_view> cells;
  while (reader.next(cells)) {
    ++row_count_;
    std::size_t used = cells.size();
    while (used > width_ && cells[used - 1].empty()) --used;
    width_ = std::max(width_, used);
  }
}

// Headers without any data below are kept once each, so that they make no lists.
void RecipientSheet::keep_columns(const std::vector<std::string>& raw_headers) {
  std::unordered_set<std::string_view> seen;
  for (std::size_t i = 0; i < raw_headers.size(); ++i) {
    bool is_new = seen.insert(raw_headers[i]).second;
    if (i < width_ || is_new) columns_.push_back(raw_headers[i]);
    if (is_new) distinct_headers_.push_back(raw_headers[i]);
  }
  for (const std::string& header : columns_) keys_.push_back(column_key(header));
  key_set_.insert(keys_.begin(), keys_.end());
}

std::size_t RecipientSheet::field_of(const std::string& key, FieldUse use) {
  auto found = std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.key == key; });
  if (found == fields_.end()) found = fields_.insert(fields_.end(), Field{key, use});
  return static_cast<std::size_t>(found - fields_.begin());
}

void RecipientSheet::map_columns() {
  const std::vector<std::string>& recipients = recipient_keys(spec_.channel);
  std::unordered_set<std::string> placeholders;
  for (const std::string& name : spec_.placeholders) placeholders.insert(column_key(name));
  // Of several spellings of one key the one that appears last wins.
  std::unordered_map<std::string, std::string> winners;
  for (const std::string& header : distinct_headers_) winners[column_key(header)] = header;

  std::unordered_set<std::string> ignored;
  uses_.resize(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = uses_[i];
    const std::string& key = keys_[i];
    if (std::size_t slot = position_in(recipients, key); slot < recipients.size()) {
      bool letter = spec_.channel == Channel::letter;
      column.use = letter ? Column::Use::address : Column::Use::recipient;
      column.address_slot = slot;
      column.field = field_of(key, letter ? FieldUse::address : FieldUse::recipient);
    } else if (placeholders.contains(key)) {
      column.field = field_of(key, FieldUse::placeholder);
      column.use = winners[key] == columns_[i] ? Column::Use::placeholder : Column::Use::ignored;
    } else {
      if (key == kReferenceKey) column.use = Column::Use::reference;
      if (!key.empty() && ignored.insert(key).second) ignored_.push_back(key);
    }
    if (column.use != Column::Use::ignored) used_.push_back(i);
  }
}

void RecipientSheet::find_duplicates() {
  const std::vector<std::string>& recipients = recipient_keys(spec_.channel);
  std::unordered_map<std::string_view, std::size_t> times;
  for (const std::string& key : keys_) ++times[key];
  std::unordered_set<std::string_view> listed;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (times[keys_[i]] > 1 && contains(recipients, keys_[i]) && listed.insert(columns_[i]).second)
      duplicates_.push_back(columns_[i]);
  }
}

bool RecipientSheet::has_recipient_columns() const {
  const std::vector<std::string>& keys = recipient_keys(spec_.channel);
  auto present = [&](const std::string& key) { return key_set_.contains(key); };
  if (spec_.channel != Channel::letter) return present(keys.front());
  auto lines = static_cast<std::size_t>(std::count_if(keys.begin(), keys.begin() + kPostcodeSlot, present));
  bool end = present(keys[kPostcodeSlot]) || present(keys[kLine7Slot]);
  return lines + (end ? 1 : 0) >= kAddressColumnsMin;
}

std::vector<std::string> RecipientSheet::missing_headers() const {
  std::vector<std::string> missing;
  const std::vector<std::string>& recipients = recipient_keys(spec_.channel);
  if (spec_.channel != Channel::letter && !key_set_.contains(recipients.front()))
    missing.emplace_back(recipient_header(spec_.channel));
  for (const std::string& name : spec_.placeholders) {
    std::string key = column_key(name);
    if (!contains(recipients, key) && !key_set_.contains(key)) missing.push_back(name);
  }
  return missing;
}

bool RecipientRows::next(RecipientRow& row) {
  if (index_ >= sheet_->spec_.rows_max || !reader_.next(cells_)) return false;
  clear(row);
  row.index = index_++;
  std::size_t columns = sheet_->columns_.size();
  for (std::size_t i : sheet_->used_) put(row, i, i < cells_.size() ? cells_[i] : std::string_view());
  for (std::size_t i = columns; i < std::min(cells_.size(), sheet_->width_); ++i)
    row.extra_cells.push_back(strip_obscure(cells_[i]));
  return true;
}

void RecipientRows::clear(RecipientRow& row) const {
  row.recipient.reset();
  row.address.fill(std::nullopt);
  row.client_reference.reset();
  row.extra_cells.clear();
  row.fields.resize(sheet_->fields_.size());
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    row.fields[i].key = sheet_->fields_[i].key;
    row.fields[i].use = sheet_->fields_[i].use;
    row.fields[i].value = std::monostate{};
  }
}

void RecipientRows::put(RecipientRow& row, std::size_t column, std::string_view cell) {
  using Use = RecipientSheet::Column::Use;
  const RecipientSheet::Column& target = sheet_->uses_[column];
  if (target.use == Use::ignored) return;
  std::string_view text = strip_obscure(cell, buffer_);
  auto value = text.empty() ? std::nullopt : std::optional<std::string>(text);
  switch (target.use) {
    case Use::ignored: return;
    case Use::reference: row.client_reference = std::move(value); return;
    case Use::placeholder: gather(row.fields[target.field].value, text); return;
    case Use::recipient:
    case Use::address:
      if (value) {
        row.fields[target.field].value = *value;
      } else {
        row.fields[target.field].value = std::monostate{};
      }
      (target.use == Use::recipient ? row.recipient : row.address[target.address_slot]) = std::move(value);
      return;
  }
}

}  // namespace postroom::recipients
