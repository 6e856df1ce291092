#include "core/letters/file_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/json.h"
#include "base/key_ring.h"
#include "base/text.h"

namespace postroom::letters {
namespace {

using notifications::Postage;

constexpr std::string_view kReferenceAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::size_t kZipHashLength = 20;
constexpr std::array kPostages{Postage::first, Postage::second, Postage::economy, Postage::europe,
                               Postage::rest_of_world};

bool ends_with_ignoring_case(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && equals_ignoring_case(text.substr(text.size() - suffix.size()), suffix);
}

std::optional<Postage> parse_postage_code(std::string_view code) {
  for (Postage postage : kPostages) {
    if (postage_code(postage) == code) return postage;
  }
  return std::nullopt;
}

// "20180202143015", UTC.
std::optional<UtcTime> parse_compact_time(std::string_view text) {
  if (text.size() != 14 || !std::all_of(text.begin(), text.end(), is_ascii_digit)) return std::nullopt;
  return parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                   text.substr(8, 2), text.substr(10, 2), text.substr(12, 2)));
}

}  // namespace

bool is_reference(std::string_view text) {
  return text.size() == kReferenceLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_ascii_upper(c) || is_ascii_digit(c); });
}

std::string make_reference(Random& random) {
  // Bytes beyond the last whole multiple of 36 are thrown away: a remainder would favour some characters.
  constexpr unsigned kUsable = 256 / kReferenceAlphabet.size() * kReferenceAlphabet.size();
  std::string out;
  out.reserve(kReferenceLength);
  while (out.size() < kReferenceLength) {
    for (char byte : random.bytes(kReferenceLength + 4)) {
      const unsigned value = static_cast<unsigned char>(byte);
      if (value < kUsable && out.size() < kReferenceLength)
        out += kReferenceAlphabet[value % kReferenceAlphabet.size()];
    }
  }
  return out;
}

std::string_view postage_code(Postage postage) {
  switch (postage) {
    case Postage::first: return "1";
    case Postage::second: return "2";
    case Postage::economy: return "ECONOMY";
    case Postage::europe: return "E";
    case Postage::rest_of_world: return "N";
  }
  return "";
}

std::string pdf_file_name(std::string_view reference, Postage postage, UtcTime created_at) {
  return fmt::format("NOTIFY.{}.D.{}.C.{}.PDF", to_upper(reference), postage_code(postage),
                     format_compact(created_at));
}

std::string pdf_prefix(std::string_view folder, std::string_view reference) {
  return fmt::format("{}NOTIFY.{}.", folder, to_upper(reference));
}

bool is_pdf_key(std::string_view key) { return ends_with_ignoring_case(key, ".pdf"); }

std::string_view base_name(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

std::string reference_of_key(std::string_view key) {
  std::string_view name = base_name(key);
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return "";
  name.remove_prefix(dot + 1);
  return to_upper(name.substr(0, name.find('.')));
}

std::optional<PdfName> parse_pdf_file_name(std::string_view key) {
  const std::vector<std::string> parts = split(to_upper(base_name(key)), '.');
  const bool has_crown = parts.size() == 8;
  if (parts.size() != 7 && !has_crown) return std::nullopt;
  if (parts[0] != "NOTIFY" || !is_reference(parts[1]) || parts[2] != "D" || parts[4] != "C" ||
      parts.back() != "PDF")
    return std::nullopt;
  if (has_crown && parts[5] != "C" && parts[5] != "N") return std::nullopt;
  const auto postage = parse_postage_code(parts[3]);
  const auto time = parse_compact_time(parts[parts.size() - 2]);
  if (!postage || !time) return std::nullopt;
  PdfName name{.reference = parts[1], .postage = *postage, .crown = std::nullopt, .time = *time};
  if (has_crown) name.crown = parts[5] == "C";
  return name;
}

PdfLocation pdf_location(notifications::NotificationStatus status, accounts::KeyType key_type, UtcTime created_at,
                         const PrintCalendar& calendar) {
  if (status == notifications::NotificationStatus::validation_failed) return {PdfPlace::invalid_letters, ""};
  if (status == notifications::NotificationStatus::virus_scan_failed)
    return {PdfPlace::letters_scan, std::string(kInfectedFolder)};
  // Before the key: files of test letters wait for their checks like all others.
  if (status == notifications::NotificationStatus::pending_virus_check) return {PdfPlace::letters_scan, ""};
  if (key_type == accounts::KeyType::test) return {PdfPlace::test_letters, ""};
  return {PdfPlace::letters_pdf, day_folder(print_day(created_at, calendar))};
}

std::string zip_keys_hash(std::span<const std::string> keys) {
  std::size_t size = 0;
  for (const std::string& key : keys) size += key.size();
  std::string all;
  all.reserve(size);
  for (const std::string& key : keys) all += key;
  return to_base64url(sha512(all)).substr(0, kZipHashLength);
}

std::string zip_name(const ZipNameParts& parts) {
  std::string name = fmt::format("NOTIFY.{}.{}.{:03}.{}", format_date(parts.run_day), postage_code(parts.postage),
                                 parts.number, parts.keys_hash);
  if (parts.service_id) name += "." + parts.service_id->text();
  if (parts.organisation_id) name += "." + parts.organisation_id->text();
  return name + ".ZIP";
}

std::optional<Date> run_day_of_zip(std::string_view zip_name) {
  constexpr std::string_view kStart = "NOTIFY.";
  constexpr std::size_t kDateLength = 10;
  if (zip_name.size() <= kStart.size() + kDateLength || zip_name[kStart.size() + kDateLength] != '.')
    return std::nullopt;
  if (!equals_ignoring_case(zip_name.substr(0, kStart.size()), kStart)) return std::nullopt;
  return parse_date(zip_name.substr(kStart.size(), kDateLength));
}

std::string zip_records_prefix(Date run_day) { return day_folder(run_day) + "zips_sent/"; }

std::string zip_record_key(Date run_day, std::string_view zip_name) {
  return fmt::format("{}{}.TXT", zip_records_prefix(run_day), zip_name);
}

std::optional<std::string> zip_of_record(std::string_view key) {
  constexpr std::string_view kSuffix = ".TXT";
  const std::string_view name = base_name(key);
  if (name.size() == kSuffix.size() || !ends_with_ignoring_case(name, kSuffix)) return std::nullopt;
  return to_upper(name.substr(0, name.size() - kSuffix.size()));
}

std::string zip_record(std::span<const std::string> keys) {
  json::array array;
  array.reserve(keys.size());
  for (const std::string& key : keys) array.emplace_back(key);
  return write_json(array);
}

}  // namespace postroom::letters
