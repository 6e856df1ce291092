#include "core/letters/record.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/letters/file_names.h"

namespace postroom::letters {
namespace {

constexpr std::string_view kOrganisationType = "001";
constexpr std::string_view kOneTimeTransaction = "140";
constexpr std::size_t kReferenceField = 4;  // from 0, as below
constexpr std::size_t kFirstContactField = 7;
constexpr std::size_t kNameField = 17;
constexpr std::size_t kFirstAddressField = 19;
constexpr std::size_t kPostcodeField = 24;
constexpr std::size_t kBodyField = 33;

constexpr std::size_t kMinuteDigits = 12;
constexpr std::string_view kFilePrefix = "NOTIFY-";
constexpr std::string_view kFileSuffix = "-RQ.TXT";

constexpr std::array<std::string_view, 10> kTags = {"cr", "h1", "h2", "p", "normal", "op", "np", "b", "bul", "tab"};
constexpr std::size_t kTagBytesMax = 6;

bool is_tag(std::string_view name) {
  return std::any_of(kTags.begin(), kTags.end(),
                     [&](std::string_view tag) { return equals_ignoring_case(tag, name); });
}

// Bytes of the line end or control character at `at`; 0 when there is none. Besides the usual ones, U+0085, U+2028
// and U+2029, at which some readers end a line.
std::size_t break_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if (byte(0) == '\r' && byte(1) == '\n') return 2;
  if (byte(0) < 0x20 || byte(0) == 0x7F) return 1;
  if (byte(0) == 0xC2 && byte(1) == 0x85) return 2;
  if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9)) return 3;
  return 0;
}

// Takes the tag away that ends `out`, whose '>' has just been written.
void drop_tag(std::string& out) {
  const std::size_t name_end = out.size() - 1;
  const std::size_t from = name_end > kTagBytesMax ? name_end - kTagBytesMax - 1 : 0;
  const std::size_t open = out.rfind('<');
  if (open == std::string::npos || open < from) return;
  if (is_tag(std::string_view(out).substr(open + 1, name_end - open - 1))) out.resize(open);
}

// Contact lines and addresses have no blank before a comma or full stop.
std::string contact_line(std::string_view line) {
  const std::string text = clean_record_text(line);
  std::string out;
  for (char c : std::string_view(trim(text))) {
    if (c == ',' || c == '.') out.resize(trim(out).empty() ? 0 : out.find_last_not_of(" \t") + 1);
    out += c;
  }
  return out;
}

std::string field(std::string_view text) {
  const std::string clean = clean_record_text(text);
  return std::string(trim(clean));
}

// Name, lines, postcode. A long address from abroad has one line more than there is room for.
void put_address(const Record& record, std::array<std::string, kRecordFields>& fields) {
  std::vector<std::string> lines = record.address_lines;
  if (record.postcode) {
    fields[kPostcodeField] = field(*record.postcode);
    if (!lines.empty() && lines.back() == *record.postcode) lines.pop_back();
  }
  while (lines.size() > kRecordAddressLines + 1) {
    const std::string last = std::move(lines.back());
    lines.pop_back();
    lines.back() += ", " + last;
  }
  if (!lines.empty()) fields[kNameField] = field(lines.front());
  for (std::size_t i = 1; i < lines.size(); ++i) fields[kFirstAddressField + i - 1] = field(lines[i]);
}

}  // namespace

std::string without_record_tags(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c == '|') continue;
    out += c;
    // What is taken away may bring the halves of another tag together; that one ends here as well.
    if (c == '>') drop_tag(out);
  }
  return out;
}

std::string clean_record_text(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = break_length(text, at);
    plain += length > 0 ? ' ' : text[at];
    at += std::max<std::size_t>(length, 1);
  }
  return without_record_tags(plain);
}

Result<std::string> record_line(const Record& record) {
  if (record.reference.empty() || record.reference.size() > kReferenceLength) {
    return fail(ErrorKind::invalid_input,
                fmt::format("a record's reference has {} characters, but must have 1 to {}",
                            record.reference.size(), kReferenceLength));
  }
  if (record.organisation.empty())
    return fail(ErrorKind::invalid_input, "a record needs the sender's number at the print house");
  std::array<std::string, kRecordFields> fields;
  fields[0] = kOneTimeTransaction;
  fields[1] = field(record.organisation);
  fields[2] = kOrganisationType;
  fields[kReferenceField] = field(record.reference);
  const std::size_t contacts = std::min(record.contact_lines.size(), kRecordContactLines);
  for (std::size_t i = 0; i < contacts; ++i) fields[kFirstContactField + i] = contact_line(record.contact_lines[i]);
  put_address(record, fields);
  if (fields[kNameField].empty())
    return fail(ErrorKind::invalid_input, fmt::format("letter {} has no address", record.reference));
  // The body was cleaned where its markup was made; a bar or line end can only be a slip, and would break the file.
  fields[kBodyField] = record.body;
  std::replace_if(
      fields[kBodyField].begin(), fields[kBodyField].end(),
      [](char c) { return c == '|' || c == '\n' || c == '\r'; }, ' ');
  return fmt::format("{}", fmt::join(fields, "|"));
}

std::optional<std::array<std::string_view, kRecordFields>> record_fields(std::string_view line) {
  std::array<std::string_view, kRecordFields> fields;
  for (std::size_t i = 0; i < kRecordFields; ++i) {
    const std::size_t bar = line.find('|');
    const bool is_last = i + 1 == kRecordFields;
    if (is_last != (bar == std::string_view::npos)) return std::nullopt;
    fields[i] = line.substr(0, bar);
    if (!is_last) line.remove_prefix(bar + 1);
  }
  return fields;
}

std::string_view reference_of_record(std::string_view line) {
  const auto fields = record_fields(line);
  return fields ? (*fields)[kReferenceField] : std::string_view();
}

std::vector<std::string_view> record_lines(std::string_view file) {
  std::vector<std::string_view> lines;
  while (!file.empty()) {
    const std::size_t end = std::min(file.find('\n'), file.size());
    lines.push_back(file.substr(0, end));
    file.remove_prefix(std::min(end + 1, file.size()));
  }
  return lines;
}

std::string record_file_name(UtcTime at) {
  return fmt::format("Notify-{}-rq.txt", format_compact(at).substr(0, kMinuteDigits));
}

bool is_record_file_name(std::string_view name) {
  if (name.size() != kFilePrefix.size() + kMinuteDigits + kFileSuffix.size()) return false;
  const std::string_view digits = name.substr(kFilePrefix.size(), kMinuteDigits);
  return equals_ignoring_case(name.substr(0, kFilePrefix.size()), kFilePrefix) &&
         equals_ignoring_case(name.substr(kFilePrefix.size() + kMinuteDigits), kFileSuffix) &&
         std::all_of(digits.begin(), digits.end(), is_ascii_digit);
}

std::string job_records_key(JobId job) { return fmt::format("jobs/{}-dvla-job.text", job.text()); }

std::string api_records_key(UtcTime at) {
  // RFC 3339 without its colons, which keys may not have.
  return fmt::format("api/{}-dvla-notifications.txt", replace_all(format_rfc3339(at), ":", ""));
}

std::string joined_records_key(std::string_view name) { return fmt::format("joined/{}", name); }

}  // namespace postroom::letters
