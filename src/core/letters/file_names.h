// Names of letters' files: PDFs, zips, and the records of sent zips. Names that come from elsewhere are compared
// ignoring case, since the print house does not keep ours.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/random.h"
#include "base/time.h"
#include "core/accounts/api_key.h"
#include "core/letters/print_day.h"
#include "core/notifications/status.h"
#include "core/notifications/types.h"

namespace postroom::letters {

// The print house's handle on a letter: 16 characters A-Z 0-9.
inline constexpr std::size_t kReferenceLength = 16;
bool is_reference(std::string_view text);
std::string make_reference(Random& random);

// "1", "2", "ECONOMY", "E" or "N".
std::string_view postage_code(notifications::Postage postage);

// "NOTIFY.{reference}.D.{class}.C.{YYYYMMDDHHMMSS}.PDF", upper case. The time is the letter's acceptance, never
// that of rendering, so that a second rendering replaces the first.
std::string pdf_file_name(std::string_view reference, notifications::Postage postage, UtcTime created_at);
// What every name of that letter's PDF begins with, whatever its postage or form: "{folder}NOTIFY.{reference}.".
std::string pdf_prefix(std::string_view folder, std::string_view reference);
// True for keys that end in ".pdf", ignoring case.
bool is_pdf_key(std::string_view key);
// Last path component: "a/b.PDF" gives "b.PDF".
std::string_view base_name(std::string_view key);
// Second dot-separated part of the last path component, upper case; empty when there is none.
std::string reference_of_key(std::string_view key);

struct PdfName {
  std::string reference;
  notifications::Postage postage = notifications::Postage::second;
  std::optional<bool> crown;  // only in names of the form used until March 2021
  UtcTime time;
};
// Reads both forms of the name, with or without folders, in any case. Nothing on anything else.
std::optional<PdfName> parse_pdf_file_name(std::string_view key);

// Folders beside the files that wait for their checks: infected ones, and those that could not be checked.
inline constexpr std::string_view kInfectedFolder = "FAILURE/";
inline constexpr std::string_view kUncheckedFolder = "ERROR/";

// Where a letter's PDF lies.
enum class PdfPlace { letters_pdf, test_letters, letters_scan, invalid_letters };
struct PdfLocation {
  PdfPlace place = PdfPlace::letters_pdf;
  std::string folder;  // with a slash at the end; empty for none
};
PdfLocation pdf_location(notifications::NotificationStatus status, accounts::KeyType key_type, UtcTime created_at,
                         const PrintCalendar& calendar);

struct ZipNameParts {
  Date run_day;
  notifications::Postage postage = notifications::Postage::second;
  int number = 1;  // from 1, for each run and postage
  std::string keys_hash;
  std::optional<ServiceId> service_id;  // none when zips mix services
  std::optional<Uuid> organisation_id;
};
// First 20 characters of the URL-safe base64 of the SHA-512 of all keys in zip order.
std::string zip_keys_hash(std::span<const std::string> keys);
// "NOTIFY.{YYYY-MM-DD}.{postage}.{NNN}.{hash}.{service}.{organisation}.ZIP"; parts that are absent are left out.
// The same letters in the same order give the same name: that is how a second upload is recognised.
std::string zip_name(const ZipNameParts& parts);
// The run day inside a zip name, ignoring case; nothing for other forms.
std::optional<Date> run_day_of_zip(std::string_view zip_name);

// Key of the record that a zip was sent: "{run_day}/zips_sent/{zip}.TXT".
std::string zip_record_key(Date run_day, std::string_view zip_name);
std::string zip_records_prefix(Date run_day);
// Upper-case zip name of a record's key; nothing when the key does not end in ".txt".
std::optional<std::string> zip_of_record(std::string_view key);
// JSON array of the keys.
std::string zip_record(std::span<const std::string> keys);

}  // namespace postroom::letters
