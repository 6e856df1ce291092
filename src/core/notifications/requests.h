// What callers of the API ask for, checked against its rules. Nothing here knows the service: permissions,
// templates and recipients' lists come later.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "core/notifications/request_reader.h"
#include "core/notifications/status.h"
#include "core/notifications/types.h"
#include "core/recipients/email_address.h"
#include "core/recipients/phone_number.h"

namespace postroom::notifications {

inline constexpr std::size_t kClientReferenceCharactersMax = 1000;
// How far ahead a single message may be scheduled.
inline constexpr std::chrono::hours kMessageScheduleAheadMax{24};

template <typename T>
using Checked = tl::expected<T, FieldErrors>;

struct SmsRequest {
  recipients::PhoneNumber number;
  std::string phone_number;  // as given
  TemplateId template_id;
  json::object personalisation;
  std::optional<std::string> reference;
  std::optional<Uuid> sms_sender_id;
  std::optional<UtcTime> scheduled_for = std::nullopt;
};

struct EmailRequest {
  recipients::EmailAddress address;
  TemplateId template_id;
  json::object personalisation;
  std::optional<std::string> reference;
  std::optional<Uuid> email_reply_to_id;
  std::optional<std::string> one_click_unsubscribe_url;
  std::vector<std::string> sanitise_content_for;
  std::optional<UtcTime> scheduled_for = std::nullopt;
};

struct LetterRequest {
  TemplateId template_id;
  json::object personalisation;  // with the lines of the address
  std::optional<std::string> reference;
};

struct PrecompiledLetterRequest {
  std::string reference;
  std::string content;  // base64 of a PDF, not yet decoded
  std::optional<Postage> postage;
};

struct PreviewRequest {
  json::object personalisation;
};

// `document` is what parse_request_json() gave for `body`. Anything but an object is a fault.
std::optional<FieldErrors> check_document(const json::value& document, std::string_view body);
Checked<SmsRequest> parse_sms_request(json::value document, std::string_view body, UtcTime now);
Checked<EmailRequest> parse_email_request(json::value document, std::string_view body, UtcTime now);
Checked<LetterRequest> parse_letter_request(json::value document, std::string_view body);
Checked<PrecompiledLetterRequest> parse_precompiled_letter_request(json::value document, std::string_view body);
Checked<PreviewRequest> parse_preview_request(json::value document, std::string_view body);
// A letter request with a `content` member, whatever its value, is about a ready PDF.
bool is_precompiled_letter_request(const json::value& document);

// A file object among the values for an email.
struct FileRequest {
  std::string content;  // base64, not decoded here
  std::optional<std::string> filename;
  bool confirm_email_before_download = true;
  std::optional<int> retention_weeks;  // none: what the installation says
  bool is_csv = false;
};
// True for values that are files: objects with a `file` member.
bool is_file(const json::value& value);
Checked<FileRequest> parse_file(const json::object& file);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;  // decoded, in order

struct ListRequest {
  std::vector<NotificationType> types;       // empty: all
  std::vector<NotificationStatus> statuses;  // groups resolved; empty: all
  std::optional<std::string> reference;
  std::optional<NotificationId> older_than;
  std::optional<JobId> job_id;  // an addition of ours: only the job's, which include_jobs then need not name
  bool include_jobs = false;
  // What of the query counts, for links back to the page: older_than left out.
  QueryParameters accepted;
};
Checked<ListRequest> parse_list_request(const QueryParameters& query);

struct TemplateListRequest {
  std::optional<NotificationType> type;
};
Checked<TemplateListRequest> parse_template_list_request(const QueryParameters& query);

struct ReceivedTextsRequest {
  std::optional<Uuid> older_than;
};
Checked<ReceivedTextsRequest> parse_received_texts_request(const QueryParameters& query);

}  // namespace postroom::notifications
