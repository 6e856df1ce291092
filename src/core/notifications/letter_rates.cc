#include "core/notifications/letter_rates.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/notifications/letter_rates_table.h"

namespace postroom::notifications {
namespace {

constexpr std::size_t kCells = 2 + kPricedSheetsMax;
constexpr std::size_t kDecimalsMax = 3;
constexpr std::int64_t kMicrosPerPound = 1'000'000;
constexpr std::int64_t kPoundsMax = 10'000;

Error line_error(std::size_t line, std::string_view what) {
  return Error{ErrorKind::invalid_input, fmt::format("letter rates line {}: {}", line, what)};
}

// "0.638"; 0 for "-".
std::optional<std::int64_t> micros_of(std::string_view text) {
  if (text == "-") return 0;
  const auto point = text.find('.');
  const std::string_view decimals = point == std::string_view::npos ? "" : text.substr(point + 1);
  auto pounds = parse_int<std::int64_t>(text.substr(0, point));
  if (!pounds || *pounds < 0 || *pounds > kPoundsMax || decimals.size() > kDecimalsMax) return std::nullopt;
  if (point != std::string_view::npos && decimals.empty()) return std::nullopt;
  std::int64_t micros = *pounds * kMicrosPerPound;
  std::int64_t unit = kMicrosPerPound;
  for (char digit : decimals) {
    if (!is_ascii_digit(digit)) return std::nullopt;
    unit /= 10;
    micros += (digit - '0') * unit;
  }
  return micros == 0 ? std::nullopt : std::optional(micros);
}

}  // namespace

LetterRates::Class LetterRates::class_of(Postage postage) {
  switch (postage) {
    case Postage::first: return Class::first;
    case Postage::second: return Class::second;
    case Postage::economy: return Class::economy;
    case Postage::europe:
    case Postage::rest_of_world: return Class::abroad;
  }
  return Class::second;
}

std::optional<LetterRates::Class> LetterRates::parse_class(std::string_view text) {
  if (text == "first") return Class::first;
  if (text == "second") return Class::second;
  if (text == "economy") return Class::economy;
  if (text == "abroad") return Class::abroad;
  return std::nullopt;
}

Result<void> LetterRates::add_line(LetterRates& table, std::string_view text, std::size_t number) {
  const std::vector<std::string> cells = split(text, '\t');
  if (cells.size() != kCells) return fail(line_error(number, "must have a day, a postage and five prices"));
  auto from = parse_date(cells[0]);
  if (!from) return fail(line_error(number, fmt::format("'{}' is no date such as 2026-01-05", cells[0])));
  auto postage = parse_class(cells[1]);
  if (!postage) return fail(line_error(number, "the postage must be first, second, economy or abroad"));
  Line line{.from = *from, .micros = {}};
  for (std::size_t i = 0; i < line.micros.size(); ++i) {
    auto micros = micros_of(cells[i + 2]);
    if (!micros) {
      return fail(line_error(
          number, fmt::format("'{}' is no price in pounds with up to three decimals, nor -", cells[i + 2])));
    }
    line.micros[i] = *micros;
  }
  table.lines_[*postage].push_back(line);
  return {};
}

Result<LetterRates> LetterRates::parse(std::string_view tsv) {
  LetterRates table;
  std::size_t number = 0;
  for (const std::string& text : split(tsv, '\n')) {
    ++number;
    if (trim(text).empty() || text.starts_with('#')) continue;
    if (table.size() == kLetterRatesMax)
      return fail(line_error(number, fmt::format("a table has at most {} lines", kLetterRatesMax)));
    POSTROOM_CHECK(add_line(table, trim(text), number));
  }
  for (auto& [postage, lines] : table.lines_) {
    std::ranges::sort(lines, {}, &Line::from);
    auto twice = std::ranges::adjacent_find(lines, {}, &Line::from);
    if (twice != lines.end()) {
      return fail(ErrorKind::invalid_input,
                  fmt::format("letter rates: {} has two lines for a postage, keep one", format_date(twice->from)));
    }
  }
  return table;
}

const LetterRates& LetterRates::built_in() {
  // A table that does not parse is a fault of the build, which the tests find; it then prices nothing.
  static const LetterRates table = parse(letter_rates_table()).value_or(LetterRates{});
  return table;
}

std::optional<std::int64_t> LetterRates::price(Date day, Postage postage, int sheets) const {
  if (sheets < 1 || sheets > kPricedSheetsMax) return std::nullopt;
  const auto found = lines_.find(class_of(postage));
  if (found == lines_.end()) return std::nullopt;
  for (auto line = found->second.rbegin(); line != found->second.rend(); ++line) {
    const std::int64_t micros = line->micros[static_cast<std::size_t>(sheets - 1)];
    if (line->from <= day && micros > 0) return micros;
  }
  return std::nullopt;
}

std::size_t LetterRates::size() const {
  std::size_t count = 0;
  for (const auto& [postage, lines] : lines_) count += lines.size();
  return count;
}

}  // namespace postroom::notifications
