// A sheet of recipients that comes through the API: rows of cells, or CSV text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "core/jobs/job.h"
#include "core/notifications/requests.h"

namespace postroom::jobs {

inline constexpr std::size_t kJobNameCharactersMax = 255;
// How far ahead a sheet may be scheduled.
inline constexpr std::chrono::hours kJobScheduleAheadMax{24 * 7};

struct BulkRequest {
  TemplateId template_id;
  std::string name;  // what callers call it; a default when they do not
  Bytes csv;         // the first row holds the columns' names
  std::optional<std::string> reference;
  std::optional<UtcTime> scheduled_for;
  std::optional<Uuid> sms_sender_id;
  std::optional<Uuid> email_reply_to_id;
};

// `document` is what parse_request_json() gave for `body`. Cells are texts, numbers, true, false or null (empty);
// as texts they read as they would among the values of a single message.
notifications::Checked<BulkRequest> parse_bulk_request(json::value document, std::string_view body, UtcTime now);

}  // namespace postroom::jobs
