#include "flows/bulk/bulk_flow.h"

#include <fmt/format.h>

#include "base/log.h"
#include "core/jobs/bulk_request.h"
#include "core/jobs/job_json.h"
#include "flows/bulk/sheet_judgement.h"
#include "flows/send/acceptance.h"
#include "flows/send/checks.h"
#include "flows/send/send_row.h"
#include "ports/task_names.h"

namespace postroom::flows {

using jobs::JobStatus;
using notifications::NotificationType;

namespace {

// The sender or reply-to address of all rows; empty for the service's default.
Outcome<std::string> chosen_from(const accounts::Service& service, NotificationType type, const NewJob& request) {
  if (request.sms_sender_id) {
    if (type == NotificationType::sms)
      return choose_sender(service.sms_senders, *request.sms_sender_id, "sms_sender_id", service.id);
    return refuse(RefusalKind::validation, "sms_sender_id is for text messages only, the template is of type " +
                                               std::string(to_string(type)));
  }
  if (request.email_reply_to_id) {
    if (type == NotificationType::email)
      return choose_sender(service.reply_to_addresses, *request.email_reply_to_id, "email_reply_to_id", service.id);
    return refuse(RefusalKind::validation,
                  "email_reply_to_id is for emails only, the template is of type " + std::string(to_string(type)));
  }
  return std::string();
}

Outcome<LoadedTemplatePtr> find_usable_template(SendContext& context, const Sender& sender, TemplateId id) {
  auto found = context.templates.find(sender.service.id, id);
  if (!found && found.error().kind != ErrorKind::not_found) return refuse_for(found.error(), "template");
  // One that is hidden is refused below like one that does not exist.
  NotificationType type = found ? (*found)->record.type : NotificationType::sms;
  POSTROOM_ALLOW(text, find_template(context, sender.service.id, id, type));
  POSTROOM_PERMIT(check_channel(sender.service, type));
  if (type == NotificationType::letter) POSTROOM_PERMIT(check_letters_allowed(sender));
  return text;
}

Result<std::string> read_sheet(const NewJob& request, recipients::SheetFile kind,
                               ports::SpreadsheetReader& spreadsheets) {
  // People rename files: a workbook is one whatever its name says.
  bool is_workbook =
      kind == recipients::SheetFile::workbook || (!request.file_kind && recipients::is_workbook(request.csv));
  if (!is_workbook) return recipients::stored_sheet(request.csv, kind, request.csv_bytes_max);
  POSTROOM_CHECK(recipients::check_sheet_size(request.csv.size(), request.csv_bytes_max));
  return spreadsheets.to_csv(request.csv);
}

Outcome<std::string> stored_text(const NewJob& request, ports::SpreadsheetReader& spreadsheets) {
  auto kind = request.file_kind ? request.file_kind : recipients::sheet_file_of(request.file_name);
  if (!kind) {
    return refuse(RefusalKind::validation,
                  "'" + request.file_name + "' is no spreadsheet: save it as .csv (UTF-8), .tsv, .xlsx or .ods");
  }
  auto stored = read_sheet(request, *kind, spreadsheets);
  if (stored) return std::move(*stored);
  if (stored.error().kind != ErrorKind::invalid_input) return refuse_for(stored.error(), "spreadsheet");
  // Of a request's body there is no file to name.
  return refuse(RefusalKind::validation, request.file_name.empty()
                                             ? stored.error().message
                                             : fmt::format("{}: {}", request.file_name, stored.error().message));
}

}  // namespace

Outcome<jobs::Job> BulkFlow::create(const Sender& sender, NewJob request) {
  const accounts::Service& service = sender.service;
  if (!service.active) return refuse(RefusalKind::forbidden, "service '" + service.name + "' is archived");
  UtcTime now = context_.clock.now();
  if (request.scheduled_for &&
      (*request.scheduled_for < now || *request.scheduled_for > now + jobs::kJobScheduleAheadMax)) {
    return refuse(RefusalKind::validation, "the job must start between now and seven days ahead");
  }
  POSTROOM_ALLOW(text, find_usable_template(context_, sender, request.template_id));
  POSTROOM_ALLOW(from, chosen_from(service, text->record.type, request));
  POSTROOM_ALLOW(stored, stored_text(request, spreadsheets_));
  request.csv = Bytes();
  recipients::RecipientSheet sheet(stored, sheet_spec(*text));
  NotificationType type = text->record.type;
  auto left = context_.limits.left(service, sender.key_type, type, now);
  POSTROOM_ALLOW(size, judge_sheet(sender, *text, sheet, left, request.rows_named_max));

  jobs::Job job{.id = JobId{Uuid::time_ordered(now, context_.random)},
                .service_id = service.id,
                .template_id = request.template_id,
                .template_version = text->record.version,
                .type = type,
                .file_name = std::move(request.file_name),
                .row_count = size.rows,
                .international_count = size.international_sms,
                .status = request.scheduled_for ? JobStatus::scheduled : JobStatus::pending,
                .created_at = now,
                .scheduled_for = request.scheduled_for,
                .created_by = std::move(request.created_by),
                .key_type = sender.key_type,
                .api_key_id = sender.key_id,
                .client_reference = std::move(request.client_reference),
                .from = std::move(from)};
  if (auto put = context_.blobs.put(ports::Bucket::job_files, jobs::file_key(job.service_id, job.id), stored);
      !put) {
    return refuse_for(put.error(), "job file");
  }
  ports::NewTask task{.queue = std::string(ports::kJobQueue),
                      .kind = std::string(ports::kProcessJob),
                      .subject = job.id.text(),
                      .run_at = request.scheduled_for.value_or(now)};
  const ports::Claims claims = claims_of(context_, sender, use_of(sender, job),
                                         [&](const auto& wire) { return jobs::job_json(wire, job, {}); });
  if (auto created = jobs_.create(job, std::span(&task, 1), claims); !created) {
    return refuse_claims(context_, sender, claims, created.error(), "job");
  }
  if (claims.use) context_.limits.counted(service.id, *claims.use);
  return job;
}

std::optional<ports::DailyUse> BulkFlow::use_of(const Sender& sender, const jobs::Job& job) {
  auto use = context_.limits.use_of(sender.service, job.key_type, job.type, job.international_count > 0);
  if (!use) return std::nullopt;
  use->day = Date{std::chrono::floor<std::chrono::days>(job.created_at)};
  use->count = job.row_count;
  use->international_count = job.international_count;
  return use;
}

Result<void> BulkFlow::process(JobId id, const std::function<bool()>& renew) {
  POSTROOM_TRY(job, jobs_.find(id));
  if (job.status != JobStatus::scheduled && job.status != JobStatus::pending &&
      job.status != JobStatus::in_progress)
    return {};
  UtcTime now = context_.clock.now();
  if (job.status != JobStatus::in_progress) {
    POSTROOM_TRY(started, jobs_.move(id, job.status, JobStatus::in_progress, now));
    if (!started) return fail(ErrorKind::retry_later, "the job was changed by somebody else just now");
  }
  POSTROOM_TRY(service, services_.find(job.service_id));
  if (!service.active) {
    log_info("job.service_archived", {{"job", id.text()}});
    POSTROOM_CHECK(jobs_.move(id, JobStatus::in_progress, JobStatus::cancelled, now));
    return {};
  }
  POSTROOM_TRY(text, context_.templates.find(service.id, job.template_id, job.template_version));
  POSTROOM_CHECK(store_rows(job, service, *text, renew));
  if (rows_stored_) POSTROOM_CHECK(rows_stored_(job, service));
  POSTROOM_CHECK(jobs_.move(id, JobStatus::in_progress, JobStatus::finished, context_.clock.now()));
  return {};
}

Result<void> BulkFlow::store_rows(const jobs::Job& job, const accounts::Service& service,
                                  const LoadedTemplate& text, const std::function<bool()>& renew) {
  POSTROOM_TRY(csv, context_.blobs.get(ports::Bucket::job_files, jobs::file_key(job.service_id, job.id)));
  recipients::RecipientSheet sheet(csv, sheet_spec(text));
  recipients::RecipientRows rows = sheet.rows();
  recipients::RecipientRow row;
  std::vector<ports::Acceptance> batch;
  int read = 0;
  int refused = 0;
  auto commit = [&]() -> Result<void> {
    // Rows of an interrupted run are there already; accept_all leaves them alone.
    if (!batch.empty()) POSTROOM_CHECK(context_.notifications.accept_all(batch));
    batch.clear();
    POSTROOM_CHECK(jobs_.set_rows_stored(job.id, read));
    if (!renew()) return fail(ErrorKind::retry_later, "another worker has taken the job over");
    return {};
  };
  while (rows.next(row)) {
    ++read;
    if (read <= job.rows_stored) continue;
    RowMessage message{.job_id = job.id,
                       .row = static_cast<int>(row.index),
                       .recipient = job.type == NotificationType::letter ? recipients::address_text(row)
                                                                         : row.recipient.value_or(""),
                       .personalisation = recipients::personalisation_of(row),
                       .client_reference = row.client_reference ? row.client_reference : job.client_reference,
                       .from = job.from,
                       .key_type = job.key_type,
                       .key_id = job.api_key_id};
    auto acceptance = accept_row(context_, service, text, std::move(message));
    if (acceptance) {
      batch.push_back(std::move(*acceptance));
    } else {
      ++refused;
      log_error("job.row_refused",
                {{"job", job.id.text()}, {"row", row.index + 2}, {"reason", acceptance.error().messages.front()}});
    }
    if (batch.size() >= kRowsPerCommitMax) POSTROOM_CHECK(commit());
  }
  POSTROOM_CHECK(commit());
  log_info("job.stored", {{"job", job.id.text()}, {"rows", read}, {"refused", refused}});
  return {};
}

Outcome<jobs::Job> BulkFlow::cancel(const Sender& sender, jobs::Job job) {
  if (job.key_type != sender.key_type) {
    return refuse(RefusalKind::forbidden, "This job was sent with a key of type " +
                                              std::string(accounts::to_string(job.key_type)) +
                                              ", use such a key to cancel it");
  }
  if (job.status == JobStatus::cancelled) return job;
  auto moved = jobs_.move(job.id, JobStatus::scheduled, JobStatus::cancelled, context_.clock.now());
  if (!moved) return refuse_for(moved.error(), "cancel of a job");
  if (auto use = *moved ? use_of(sender, job) : std::nullopt) context_.limits.give_back(job.service_id, *use);
  auto found = jobs_.find(job.id);
  if (!found) return refuse_for(found.error(), "cancel of a job");
  if (found->status == JobStatus::cancelled) return std::move(*found);
  return refuse(RefusalKind::conflict, "It is too late: a job can be cancelled until it starts");
}

}  // namespace postroom::flows
