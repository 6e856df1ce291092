#include "core/notifications/request_reader.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "core/notifications/request_json.h"

namespace postroom::notifications {
namespace {

bool is_uri_character(char c) {
  return is_ascii_alnum(c) || std::string_view("-._~:/?#@!$&()*+,;=%'").find(c) != std::string_view::npos;
}

bool is_https_url(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme)) return false;
  std::string_view rest = text.substr(kScheme.size());
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  if (auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.empty() || host.front() == ':') return false;
  if (std::count(rest.begin(), rest.end(), '#') > 1) return false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (!is_uri_character(rest[i])) return false;
    if (rest[i] == '%' && !(i + 2 < rest.size() && from_hex(rest.substr(i + 1, 2)))) return false;
  }
  return true;
}

// A date alone is its first moment; a time of day without an offset is UTC.
std::optional<UtcTime> parse_iso_time(std::string_view text) {
  constexpr std::size_t kDateSize = 10;
  constexpr std::size_t kMinuteSize = 16;
  if (text.size() < kDateSize) return std::nullopt;
  if (text.size() == kDateSize) {
    auto day = parse_date(text);
    if (!day) return std::nullopt;
    return UtcTime{std::chrono::sys_days{*day}};
  }
  auto offset = text.find_first_of("Zz+-", kDateSize);
  std::string plain(text.substr(0, offset));
  if (plain.size() < kMinuteSize || (plain[kDateSize] != 'T' && plain[kDateSize] != ' ')) return std::nullopt;
  plain[kDateSize] = 'T';
  if (plain.size() == kMinuteSize) plain += ":00";
  plain += offset == std::string_view::npos ? std::string_view("Z") : text.substr(offset);
  return parse_rfc3339(plain);
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

const json::value* RequestReader::peek(std::string_view name) {
  known_.push_back(name);
  return object_.if_contains(name);
}

std::optional<std::string> RequestReader::text(std::string_view name, std::size_t characters_max) {
  const json::value* value = peek(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    refuse_type(name, "string", *value);
    return std::nullopt;
  }
  std::string_view given = value->get_string();
  if (given.size() > characters_max && count_characters(given) > characters_max) {
    refuse(name,
           "is too long, use at most " + std::to_string(characters_max) + " characters: " + printable(*value));
    return std::nullopt;
  }
  return std::string(given);
}

std::optional<Uuid> RequestReader::id(std::string_view name) {
  const json::value* value = peek(name);
  if (value == nullptr) return std::nullopt;
  auto parsed = value->is_string() ? Uuid::parse_lenient(std::string_view(value->get_string())) : std::nullopt;
  if (!parsed) refuse(name, "is not a valid UUID");
  return parsed;
}

std::optional<json::object> RequestReader::object(std::string_view name) {
  known_.push_back(name);
  json::value* value = object_.if_contains(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) {
    refuse_type(name, "object", *value);
    return std::nullopt;
  }
  return std::move(value->get_object());
}

std::vector<std::string> RequestReader::texts(std::string_view name) {
  const json::value* value = peek(name);
  std::vector<std::string> out;
  if (value == nullptr || value->is_null()) return out;
  if (!value->is_array()) {
    refuse_type(name, "array", *value);
    return out;
  }
  for (const json::value& item : value->get_array()) {
    if (item.is_string())
      out.emplace_back(item.get_string());
    else if (!item.is_null())
      refuse(name, "must hold strings only, not " + printable(item));
  }
  return out;
}

std::optional<std::string> RequestReader::https_url(std::string_view name) {
  const json::value* value = peek(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string() || !is_https_url(value->get_string())) {
    refuse(name, "is not a valid https URL");
    return std::nullopt;
  }
  return std::string(value->get_string());
}

std::optional<UtcTime> RequestReader::time_ahead(std::string_view name, UtcTime now, std::chrono::hours ahead) {
  const json::value* value = peek(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_string()) {
    refuse_type(name, "string", *value);
    return std::nullopt;
  }
  auto time = parse_iso_time(value->get_string());
  if (time && *time >= now && *time <= now + ahead) return time;
  if (!time)
    refuse(name, "is not an ISO 8601 date and time, write it like 2026-03-02T09:15:00Z");
  else if (*time < now)
    refuse(name, "is in the past");
  else
    refuse(name, "is more than " + std::to_string(ahead.count()) + " hours ahead");
  return std::nullopt;
}

void RequestReader::refuse(std::string_view name, std::string_view reason) {
  std::string message(name);
  message += ' ';
  message += reason;
  add(std::move(message));
}

void RequestReader::refuse_type(std::string_view name, std::string_view type, const json::value& value) {
  refuse(name, printable(value) + " is not of type " + std::string(type));
}

void RequestReader::require(std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (!object_.contains(name)) refuse(name, "is a required property");
  }
}

void RequestReader::refuse_unexpected() {
  std::vector<std::string> unexpected;
  for (const auto& member : object_) {
    if (std::find(known_.begin(), known_.end(), std::string_view(member.key())) == known_.end()) {
      unexpected.emplace_back(member.key());
    }
  }
  if (!unexpected.empty()) add(describe_unexpected(std::move(unexpected)));
}

void RequestReader::add(std::string message) {
  if (std::find(errors_.begin(), errors_.end(), message) == errors_.end()) errors_.push_back(std::move(message));
}

std::string describe_unexpected(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  std::string out = join(names, ", ");
  if (out.size() > kEchoBytesMax) out.resize(kEchoBytesMax);
  std::erase(out, '\'');
  return out + (names.size() == 1 ? " is not a known property here, leave it out"
                                  : " are not known properties here, leave them out");
}

}  // namespace postroom::notifications
