#include "core/email/bounce.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "core/email/mime_reader.h"
#include "core/email/return_path.h"

namespace postroom::email {
namespace {

using Kind = BounceReport::Kind;

constexpr std::size_t kWordBytesMax = 40;

// "5.1.1" out of "5.1.1 (bad destination)"; empty when it is none.
std::string status_of(std::string_view text) {
  text = trim(text);
  std::string_view word = text.substr(0, text.find_first_of(" \t("));
  const bool is_status =
      word.size() >= 5 && word.size() <= 9 && word[1] == '.' && std::count(word.begin(), word.end(), '.') == 2 &&
      std::all_of(word.begin(), word.end(), [](char c) { return is_ascii_digit(c) || c == '.'; });
  return is_status ? std::string(word) : std::string();
}

// "550" out of "smtp; 550 5.1.1 <ann@example.net> unknown"; 0 when there is none.
int reply_code_of(std::string_view diagnostic) {
  const std::size_t semicolon = diagnostic.find(';');
  if (semicolon == std::string_view::npos) return 0;
  const std::string_view rest = trim(diagnostic.substr(semicolon + 1));
  const int code = parse_int<int>(rest.substr(0, 3)).value_or(0);
  return code >= 400 && code <= 599 && (rest.size() == 3 || !is_ascii_alnum(rest[3])) ? code : 0;
}

std::string_view status_in(std::string_view diagnostic) {
  const std::size_t semicolon = diagnostic.find(';');
  if (semicolon == std::string_view::npos) return {};
  const std::string_view rest = trim(diagnostic.substr(semicolon + 1));
  return rest.size() > 4 ? rest.substr(4) : std::string_view{};
}

std::string bounded_word(std::string_view text) {
  std::string out;
  for (char c : trim(text).substr(0, kWordBytesMax)) {
    if (!is_ascii_alnum(c) && c != '-') break;
    out += ascii_lower(c);
  }
  return out;
}

std::optional<NotificationId> id_in_message_id(std::string_view message_id) {
  message_id = trim(message_id);
  if (message_id.starts_with('<')) message_id.remove_prefix(1);
  return NotificationId::parse(message_id.substr(0, message_id.find('@')));
}

// What came back of the email itself.
std::optional<NotificationId> id_in_returned(const MimeMessage& message) {
  for (const MimePart& part : message.parts) {
    if (part.type != "message/rfc822" && part.type != "text/rfc822-headers" && part.type != "message/global" &&
        part.type != "message/global-headers")
      continue;
    MimeFields headers;
    headers.read(part.body);
    if (auto id = id_in_message_id(headers.get("Message-ID"))) return id;
    if (auto id = notification_in(headers.get("Return-Path"))) return id;
  }
  return std::nullopt;
}

std::optional<NotificationId> id_of(const MimeMessage& message, std::string_view recipient) {
  if (auto id = notification_in(recipient)) return id;
  for (std::string_view name : {"X-Original-To", "Delivered-To", "To"}) {
    for (std::string_view address : message.headers.all(name))
      if (auto id = notification_in(address)) return id;
  }
  return id_in_returned(message);
}

Kind failure_kind(const std::string& status, int code) {
  // A full mailbox may be emptied.
  if (status == "5.2.2") return Kind::soft;
  if (!status.empty()) return status.front() == '5' ? Kind::hard : Kind::soft;
  return code >= 500 ? Kind::hard : Kind::soft;
}

Result<BounceReport> read_delivery_status(const MimePart& part) {
  BounceReport out;
  std::string_view rest = part.body;
  MimeFields about;  // the message
  rest.remove_prefix(about.read(rest));
  if (auto id = NotificationId::parse(trim(about.get("Original-Envelope-Id")))) out.notification = id;
  bool found = false;
  // Some servers put no empty line between the message's fields and the recipient's.
  for (MimeFields fields = about; true; fields = MimeFields()) {
    if (fields.empty() && rest.empty()) break;
    if (fields.empty()) rest.remove_prefix(fields.read(rest));
    const std::string action = bounded_word(fields.get("Action"));
    if (action.empty()) {
      if (rest.empty()) break;
      continue;
    }
    const std::string_view diagnostic = fields.get("Diagnostic-Code");
    const int code = reply_code_of(diagnostic);
    std::string status = status_of(fields.get("Status"));
    // "5.0.0" says nothing that the server's own words do not say better.
    if (const std::string better = status_of(status_in(diagnostic));
        (status.empty() || status.ends_with(".0.0")) && !better.empty())
      status = better;
    if (action == "failed") {
      out.kind = failure_kind(status, code);
      out.address_is_bad = out.kind == Kind::hard && says_address_is_bad(status);
    } else if (action == "delivered" || action == "relayed" || action == "expanded") {
      out.kind = Kind::delivered;
    } else if (action == "delayed") {
      out.kind = Kind::delayed;
    } else {
      return fail(ErrorKind::invalid_input,
                  "the report's Action is none of failed, delayed, delivered, relayed, expanded");
    }
    out.detail = action;
    if (!status.empty()) out.detail += " " + status;
    if (code != 0) out.detail += fmt::format(", {}", code);
    found = true;
    break;
  }
  if (!found) return fail(ErrorKind::invalid_input, "the report has no Action");
  return out;
}

Result<BounceReport> read_feedback(const MimePart& part) {
  MimeFields fields;
  fields.read(part.body);
  BounceReport out{.kind = Kind::complaint};
  out.complaint_type = bounded_word(fields.get("Feedback-Type"));
  if (out.complaint_type.empty()) return fail(ErrorKind::invalid_input, "the report has no Feedback-Type");
  if (out.complaint_type == "not-spam") return fail(ErrorKind::not_found, "the report takes a complaint back");
  out.detail = "complaint " + out.complaint_type;
  out.notification = notification_in(fields.get("Original-Mail-From"));
  out.at = parse_email_date(fields.get("Arrival-Date"));
  if (!out.at) out.at = parse_email_date(fields.get("Received-Date"));
  return out;
}

}  // namespace

Result<BounceReport> read_bounce(std::string_view text, std::string_view recipient) {
  const MimeMessage message = read_mime(text.substr(0, kBounceBytesMax));
  for (const MimePart& part : message.parts) {
    const bool is_status = part.type == "message/delivery-status" || part.type == "message/global-delivery-status";
    if (!is_status && part.type != "message/feedback-report") continue;
    POSTROOM_TRY(report, is_status ? read_delivery_status(part) : read_feedback(part));
    if (auto id = id_of(message, recipient)) report.notification = id;
    if (!report.at) report.at = parse_email_date(message.headers.get("Date"));
    return report;
  }
  return fail(ErrorKind::not_found, "the message is no report of a mail server");
}

std::optional<UtcTime> parse_email_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                               "jul", "aug", "sep", "oct", "nov", "dec"};
  if (const std::size_t comma = text.find(','); comma != std::string_view::npos) text.remove_prefix(comma + 1);
  std::vector<std::string> words;
  for (const std::string& word : split(text.substr(0, 100), ' '))
    if (!trim(word).empty()) words.emplace_back(trim(word));
  if (words.size() < 5) return std::nullopt;
  const auto day = parse_int<unsigned>(words[0]);
  const auto month = std::find(kMonths.begin(), kMonths.end(), to_lower(words[1]));
  const auto year = parse_int<int>(words[2]);
  const auto time = split(words[3], ':');
  if (!day || month == kMonths.end() || !year || *year < 1970 || *year > 9999 || time.size() < 2 || time.size() > 3)
    return std::nullopt;
  const auto hour = parse_int<unsigned>(time[0]), minute = parse_int<unsigned>(time[1]);
  const auto second = time.size() == 3 ? parse_int<unsigned>(time[2]) : std::optional<unsigned>(0);
  const Date date =
      std::chrono::year{*year} / static_cast<int>(month - kMonths.begin() + 1) / static_cast<int>(*day);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60 || *day > 31 || !date.ok())
    return std::nullopt;
  const std::string& zone = words[4];
  int offset = 0;
  if (zone.size() == 5 && (zone[0] == '+' || zone[0] == '-')) {
    const auto digits = parse_int<int>(zone.substr(1));
    if (!digits) return std::nullopt;
    offset = (*digits / 100 * 60 + *digits % 100) * (zone[0] == '-' ? -1 : 1);
  } else if (zone != "GMT" && zone != "UT" && zone != "UTC" && zone != "Z") {
    return std::nullopt;
  }
  return UtcTime{std::chrono::sys_days{date}} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second} - std::chrono::minutes{offset};
}

}  // namespace postroom::email
