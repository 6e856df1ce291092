// Rows that both databases read in the same way: the columns to select, and what reads them in that order. `Row` is
// the adapter's own row: it gives values from the left, one at each call.
#pragma once

#include <string>

#include "adapters/store_common/archive_rows.h"
#include "adapters/store_common/codes.h"
#include "adapters/store_common/sealing.h"
#include "adapters/store_common/tasks.h"
#include "base/json.h"
#include "core/jobs/job.h"
#include "ports/document_store.h"
#include "ports/letter_store.h"
#include "ports/task_queue.h"
#include "ports/unsubscribe_store.h"

namespace postroom::store_common {

inline const std::string kNotificationColumns = kArchivedColumns + ", scheduled_for, personal";

template <typename Row>
NotificationRow read_notification(Row& row) {
  NotificationRow out;
  out.notification = read_archived(row);
  out.notification.scheduled_for = row.optional_time();
  out.personal = row.bytes();
  return out;
}

inline const std::string kZipColumns =
    "name, run_day, state, letter_count, byte_count, error, created_at, uploaded_at, acknowledged_at";

template <typename Row>
ports::LetterZip read_zip(Row& row) {
  ports::LetterZip zip;
  zip.name = row.text();
  zip.run_day = date_of_day(row.integer());
  zip.state = row.template enumerator<ports::ZipState>();
  zip.letter_count = row.small();
  zip.byte_count = row.integer();
  zip.error = row.text();
  zip.created_at = row.time();
  zip.uploaded_at = row.optional_time();
  zip.acknowledged_at = row.optional_time();
  return zip;
}

inline const std::string kJobColumns =
    "id, service_id, template_id, template_version, type, row_count, rows_stored, status, created_at, "
    "scheduled_for, started_at, finished_at, document";

// What a job's sealed document holds.
inline std::string job_document(const jobs::Job& job) {
  json::object document{{"file_name", job.file_name},
                        {"created_by", job.created_by},
                        {"key_type", to_string(job.key_type)},
                        {"from", job.from},
                        {"international_count", job.international_count}};
  if (job.api_key_id) document["api_key_id"] = job.api_key_id->text();
  if (job.client_reference) document["client_reference"] = *job.client_reference;
  return write_json(document);
}
template <typename Row>
Result<jobs::Job> read_job(const KeyRing& key_ring, Row& row) {
  jobs::Job job;
  job.id = row.template id<JobId>();
  job.service_id = row.template id<ServiceId>();
  job.template_id = row.template id<TemplateId>();
  job.template_version = row.small();
  job.type = row.template enumerator<notifications::NotificationType>();
  job.row_count = row.small();
  job.rows_stored = row.small();
  job.status = row.template enumerator<jobs::JobStatus>();
  job.created_at = row.time();
  job.scheduled_for = row.optional_time();
  job.started_at = row.optional_time();
  job.finished_at = row.optional_time();
  POSTROOM_TRY(document, open_document(key_ring, row.bytes(), job_context(job.id), "job " + job.id.text()));
  job.file_name = get_string(document, "file_name").value_or("");
  job.created_by = get_string(document, "created_by").value_or("");
  auto key_type = accounts::parse_key_type(get_string(document, "key_type").value_or(""));
  job.key_type = key_type.value_or(accounts::KeyType::normal);
  if (auto id = get_string(document, "api_key_id")) job.api_key_id = ApiKeyId::parse(*id);
  job.client_reference = get_string(document, "client_reference");
  job.from = get_string(document, "from").value_or("");
  job.international_count = static_cast<int>(get_int(document, "international_count").value_or(0));
  return job;
}

inline const std::string kUnsubscribeColumns =
    "notification_id, service_id, template_id, template_version, sent_at, requested_at, address";

template <typename Row>
Result<ports::UnsubscribeRequest> read_unsubscribe(const KeyRing& key_ring, Row& row) {
  ports::UnsubscribeRequest request;
  request.notification_id = row.template id<NotificationId>();
  request.service_id = row.template id<ServiceId>();
  request.template_id = row.template id<TemplateId>();
  request.template_version = row.small();
  request.sent_at = row.time();
  request.requested_at = row.time();
  auto address = key_ring.open(row.bytes(), unsubscribe_context(request.notification_id));
  if (!address) {
    return fail_in("unsubscribe request of " + request.notification_id.text(), std::move(address).error());
  }
  request.email_address = std::move(*address);
  return request;
}

inline const std::string kDocumentColumns =
    "id, service_id, notification_id, byte_count, created_at, expires_at, is_kept, download_count, downloaded_at, "
    "details";

template <typename Row>
Result<ports::DocumentRecord> read_document(const KeyRing& key_ring, Row& row) {
  ports::DocumentRecord record;
  record.id = row.template id<DocumentId>();
  record.service_id = row.template id<ServiceId>();
  record.notification_id = row.template id<NotificationId>();
  record.byte_count = row.integer();
  record.created_at = row.time();
  record.expires_at = row.time();
  record.is_kept = row.flag();
  record.download_count = row.small();
  record.downloaded_at = row.optional_time();
  auto details = key_ring.open(row.bytes(), document_context(record.id));
  if (!details) return fail_in("document " + record.id.text(), std::move(details).error());
  record.details = std::move(*details);
  return record;
}

inline const std::string kBuriedColumns = "number, queue, kind, subject, reason, attempt, buried_at";

template <typename Row>
ports::BuriedTask read_buried(Row& row) {
  ports::BuriedTask task;
  task.id = task_id(row.integer());
  task.queue = row.text();
  task.kind = row.text();
  task.subject = row.text();
  task.reason = row.text();
  task.attempts = row.small();
  task.buried_at = row.time();
  return task;
}

// A queue and its due, running, waiting and buried tasks.
template <typename Row>
ports::QueueCounts read_counts(Row& row) {
  ports::QueueCounts counts;
  counts.queue = row.text();
  counts.due = row.integer();
  counts.running = row.integer();
  counts.waiting = row.integer();
  counts.buried = row.integer();
  return counts;
}

}  // namespace postroom::store_common
