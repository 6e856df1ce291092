// Requests whose parameters are in the query string.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "core/notifications/request_json.h"
#include "core/notifications/requests.h"

namespace postroom::notifications {
namespace {

using enum NotificationStatus;

// In the order in which callers are told.
constexpr std::array kStatusFilters{std::string_view("cancelled"),
                                    std::string_view("created"),
                                    std::string_view("sending"),
                                    std::string_view("sent"),
                                    std::string_view("delivered"),
                                    std::string_view("pending"),
                                    std::string_view("failed"),
                                    std::string_view("technical-failure"),
                                    std::string_view("temporary-failure"),
                                    std::string_view("permanent-failure"),
                                    std::string_view("pending-virus-check"),
                                    std::string_view("validation-failed"),
                                    std::string_view("virus-scan-failed"),
                                    std::string_view("returned-letter"),
                                    std::string_view("accepted"),
                                    std::string_view("received")};
constexpr std::array kTypeFilters{std::string_view("sms"), std::string_view("email"), std::string_view("letter")};

// Collects faults in the order of the parameters that a request knows.
class QueryReader {
 public:
  explicit QueryReader(const QueryParameters& query) : query_(query) {}

  std::vector<std::string> all(std::string_view name) {
    known_.push_back(name);
    std::vector<std::string> out;
    for (const auto& [key, value] : query_) {
      if (key == name) out.push_back(value);
    }
    return out;
  }
  std::optional<std::string> first(std::string_view name) {
    known_.push_back(name);
    for (const auto& [key, value] : query_) {
      if (key == name) return value;
    }
    return std::nullopt;
  }
  // Stores keep neither NUL nor bytes that are no UTF-8.
  std::optional<std::string> text(std::string_view name) {
    auto value = first(name);
    if (!value || (is_valid_utf8(*value) && value->find('\0') == std::string::npos)) return value;
    add(fmt::format("{} must be UTF-8 text without the character U+0000", name));
    return std::nullopt;
  }
  std::optional<Uuid> id(std::string_view name) {
    auto text = first(name);
    if (!text) return std::nullopt;
    auto parsed = Uuid::parse_lenient(*text);
    if (!parsed) add(fmt::format("{} is not a valid UUID", name));
    return parsed;
  }
  template <std::size_t N>
  bool check_one_of(std::string_view name, const std::string& value,
                    const std::array<std::string_view, N>& allowed) {
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return true;
    add(fmt::format("{} {} is not one of [{}]", name, printable(json::value(value)), fmt::join(allowed, ", ")));
    return false;
  }
  void refuse_unexpected() {
    std::vector<std::string> unexpected;
    for (const auto& [key, value] : query_) {
      bool is_known = std::find(known_.begin(), known_.end(), key) != known_.end();
      if (!is_known && std::find(unexpected.begin(), unexpected.end(), key) == unexpected.end()) {
        unexpected.push_back(is_valid_utf8(key) ? key : "?");
      }
    }
    if (!unexpected.empty()) add(describe_unexpected(std::move(unexpected)));
  }
  void add(std::string message) {
    if (std::find(errors_.begin(), errors_.end(), message) == errors_.end()) errors_.push_back(std::move(message));
  }
  bool ok() const { return errors_.empty(); }
  tl::unexpected<FieldErrors> refused() { return tl::unexpected<FieldErrors>(std::move(errors_)); }

 private:
  const QueryParameters& query_;
  std::vector<std::string_view> known_;
  FieldErrors errors_;
};

void add_status(std::vector<NotificationStatus>& out, NotificationStatus status) {
  if (std::find(out.begin(), out.end(), status) == out.end()) out.push_back(status);
}

// Some filters are names for several states; they do not look at the channel.
void add_status_filter(std::vector<NotificationStatus>& out, std::string_view filter) {
  if (filter == "failed") {
    for (auto status : {technical_failure, temporary_failure, permanent_failure, validation_failed,
                        virus_scan_failed, returned_letter}) {
      add_status(out, status);
    }
  } else if (filter == "accepted") {
    add_status(out, created);
    add_status(out, sending);
  } else if (filter == "received") {
    add_status(out, delivered);
  } else if (auto status = parse_status(filter)) {
    add_status(out, *status);
  }
}

bool covers_all(const std::vector<NotificationStatus>& statuses) {
  for (NotificationStatus status : all_statuses()) {
    if (status != failed && std::find(statuses.begin(), statuses.end(), status) == statuses.end()) return false;
  }
  return true;
}

}  // namespace

Checked<ListRequest> parse_list_request(const QueryParameters& query) {
  QueryReader reader(query);
  ListRequest out;
  out.reference = reader.text("reference");
  for (const std::string& value : reader.all("status")) {
    if (reader.check_one_of("status", value, kStatusFilters)) add_status_filter(out.statuses, value);
  }
  if (covers_all(out.statuses)) out.statuses.clear();
  for (const std::string& value : reader.all("template_type")) {
    if (!reader.check_one_of("template_type", value, kTypeFilters)) continue;
    if (auto type = parse_notification_type(value)) out.types.push_back(*type);
  }
  if (auto include = reader.first("include_jobs")) {
    out.include_jobs = reader.check_one_of("include_jobs", *include,
                                           std::array{std::string_view("true"), std::string_view("True")});
  }
  if (auto id = reader.id("older_than")) out.older_than = NotificationId{*id};
  if (auto id = reader.id("job_id")) out.job_id = JobId{*id};
  reader.refuse_unexpected();
  if (!reader.ok()) return reader.refused();

  std::vector<std::string_view> seen;
  for (const auto& [key, value] : query) {
    bool repeatable = key == "status" || key == "template_type";
    if (key == "older_than" || (!repeatable && std::find(seen.begin(), seen.end(), key) != seen.end())) continue;
    seen.push_back(key);
    out.accepted.emplace_back(key, value);
  }
  return out;
}

Checked<TemplateListRequest> parse_template_list_request(const QueryParameters& query) {
  QueryReader reader(query);
  TemplateListRequest out;
  if (auto type = reader.first("type"); type && reader.check_one_of("type", *type, kTypeFilters)) {
    out.type = parse_notification_type(*type);
  }
  reader.refuse_unexpected();
  if (!reader.ok()) return reader.refused();
  return out;
}

Checked<ReceivedTextsRequest> parse_received_texts_request(const QueryParameters& query) {
  QueryReader reader(query);
  ReceivedTextsRequest out;
  out.older_than = reader.id("older_than");
  reader.refuse_unexpected();
  if (!reader.ok()) return reader.refused();
  return out;
}

}  // namespace postroom::notifications
