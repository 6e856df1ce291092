#include "flows/bulk/bulk_flow.h"

#include <fmt/format.h>

#include "base/log.h"
#include "core/content/template_validation.h"
#include "core/recipients/recipient_csv.h"
#include "core/recipients/sheet_check.h"
#include "core/recipients/sheet_upload.h"
#include "flows/send/send_row.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::NotificationType;

namespace {

// Rows at fault that a message names; the rest is counted.
constexpr std::size_t kRowsNamedMax = 10;

recipients::Channel channel_of(NotificationType type) {
  switch (type) {
    case NotificationType::email: return recipients::Channel::email;
    case NotificationType::sms: return recipients::Channel::sms;
    case NotificationType::letter: break;
  }
  return recipients::Channel::letter;
}

accounts::Permission permission_of(NotificationType type) {
  switch (type) {
    case NotificationType::email: return accounts::Permission::email;
    case NotificationType::sms: return accounts::Permission::sms;
    case NotificationType::letter: break;
  }
  return accounts::Permission::letter;
}

recipients::SheetSpec spec_of(const LoadedTemplate& loaded) {
  recipients::SheetSpec spec{.channel = channel_of(loaded.record.type)};
  for (const content::Placeholder& placeholder : loaded.placeholders) spec.placeholders.push_back(placeholder.name);
  return spec;
}

recipients::MessageFaults message_faults(const LoadedTemplate& loaded, const recipients::RecipientRow& row) {
  auto values = content::Personalisation::from_json(recipients::personalisation_of(row));
  recipients::MessageFaults faults;
  if (loaded.sms) {
    content::SmsText text = loaded.sms->render(values);
    faults.too_long = text.is_too_long();
    faults.empty = text.is_empty();
  } else if (loaded.email) {
    faults.empty = loaded.email->is_empty(values);
    faults.too_long = !content::check_email_length(loaded.email->api_body(values).size());
  } else if (loaded.letter) {
    faults.empty = loaded.letter->is_empty(values);
    faults.qr_code_too_long = loaded.letter->find_long_qr_code(values).has_value();
  }
  return faults;
}

// Columns as people write them: the sheet knows the recipient's without its blank.
std::string_view shown_column(std::string_view key) {
  if (key == "phonenumber") return "phone number";
  if (key == "emailaddress") return "email address";
  return key;
}

std::string describe(const recipients::CellError& error) {
  std::string_view column = shown_column(error.key);
  if (error.code == "missing") return fmt::format("column '{}' is empty", column);
  for (auto fault = recipients::PhoneError::unknown_character;
       fault <= recipients::PhoneError::unsupported_emergency_number;
       fault = static_cast<recipients::PhoneError>(static_cast<int>(fault) + 1)) {
    if (error.code == to_string(fault)) return fmt::format("column '{}' {}", column, recipients::describe(fault));
  }
  return fmt::format("column '{}' holds no valid email address", column);
}

std::string describe(const recipients::RowReport& report) {
  if (report.address_error) return std::string(recipients::describe(*report.address_error));
  if (!report.cell_errors.empty()) return describe(report.cell_errors.front());
  if (report.message.too_long) return "the message is too long";
  if (report.message.empty) return "the message would be empty";
  if (report.message.qr_code_too_long) return "a QR code would hold too much";
  return "the recipient cannot be used";
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "'" : ", '") + name + "'";
  return out;
}

Result<void> refuse_faulty_sheet(const recipients::RecipientSheet& sheet, const recipients::SheetReport& report) {
  if (report.too_many_rows) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the file has {} rows, at most {}: split it", report.row_count, sheet.spec().rows_max));
  }
  if (!report.has_recipient_columns) {
    return fail(
        ErrorKind::invalid_input,
        sheet.spec().channel == recipients::Channel::letter
            ? "the file needs at least three address columns, such as 'address line 1', 'address line 2' and "
              "'postcode'"
            : fmt::format("the file lacks the column '{}'",
                          sheet.spec().channel == recipients::Channel::email ? "email address" : "phone number"));
  }
  if (!report.duplicate_recipient_headers.empty()) {
    return fail(ErrorKind::invalid_input, fmt::format("the columns {} say the same thing: keep one of them",
                                                      joined(report.duplicate_recipient_headers)));
  }
  if (!report.missing_headers.empty()) {
    return fail(ErrorKind::invalid_input,
                fmt::format("the file lacks columns of the template: {}", joined(report.missing_headers)));
  }
  if (report.row_count == 0) return fail(ErrorKind::invalid_input, "the file has no rows under its headers");
  if (report.recipients_not_allowed) {
    return fail(ErrorKind::forbidden,
                "the service is in trial and some recipients are neither in its team nor on its guest list");
  }
  if (report.rows_with_errors == 0) return {};
  std::string message =
      fmt::format("{} of {} rows cannot be sent; nothing was stored.", report.rows_with_errors, report.row_count);
  for (std::size_t i = 0; i < report.shown.size() && i < kRowsNamedMax; ++i) {
    // A spreadsheet counts its header as row 1.
    message += fmt::format(" Row {}: {}.", report.shown[i].row.index + 2, describe(report.shown[i].report));
  }
  return fail(ErrorKind::invalid_input, std::move(message));
}

std::string file_key(const jobs::Job& job) { return job.service_id.text() + "/" + job.id.text() + ".csv"; }

}  // namespace

Result<LoadedTemplatePtr> BulkFlow::template_of(const accounts::Service& service, TemplateId id,
                                                std::optional<int> version) {
  POSTROOM_TRY(loaded, context_.templates.find(service.id, id, version));
  if (loaded->record.hidden) return fail(ErrorKind::not_found, "there is no such template");
  return loaded;
}

Result<jobs::Job> BulkFlow::create(const accounts::Service& service, NewJob request) {
  if (!service.active) return fail(ErrorKind::forbidden, fmt::format("service '{}' is archived", service.name));
  POSTROOM_TRY(loaded, template_of(service, request.template_id, std::nullopt));
  NotificationType type = loaded->record.type;
  if (loaded->record.archived)
    return fail(ErrorKind::invalid_input, fmt::format("template '{}' was deleted", loaded->record.name));
  if (!service.has(permission_of(type))) {
    return fail(ErrorKind::forbidden,
                fmt::format("service '{}' may not send by {}", service.name, to_string(type)));
  }
  if (type == NotificationType::letter && service.trial) {
    return fail(ErrorKind::forbidden,
                fmt::format("service '{}' is in trial and cannot send letters", service.name));
  }
  UtcTime now = context_.clock.now();
  if (request.scheduled_for && (*request.scheduled_for < now || *request.scheduled_for > now + kScheduleAheadMax)) {
    return fail(ErrorKind::invalid_input, "at must be from now to four days ahead");
  }
  auto file = recipients::sheet_file_of(request.file_name);
  if (!file || *file == recipients::SheetFile::workbook) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("'{}' is no CSV file: save the spreadsheet as .csv (UTF-8) or .tsv", request.file_name));
  }
  POSTROOM_TRY(stored, recipients::stored_sheet(request.csv, *file));

  recipients::RecipientSheet sheet(stored, spec_of(*loaded));
  recipients::SheetRules rules;
  rules.phone_permissions = {.international = service.has(accounts::Permission::international_sms),
                             .uk_landlines = service.has(accounts::Permission::sms_to_uk_landlines)};
  rules.international_letters = service.has(accounts::Permission::international_letters);
  rules.check_message = [&](const recipients::RecipientRow& row) { return message_faults(*loaded, row); };
  recipients::SheetReport report = recipients::check_sheet(sheet, rules);
  POSTROOM_CHECK(refuse_faulty_sheet(sheet, report));

  jobs::Job job{.id = JobId{Uuid::time_ordered(now, context_.random)},
                .service_id = service.id,
                .template_id = request.template_id,
                .template_version = loaded->record.version,
                .type = type,
                .file_name = request.file_name,
                .row_count = static_cast<int>(report.row_count),
                .status = request.scheduled_for ? jobs::JobStatus::scheduled : jobs::JobStatus::pending,
                .created_at = now,
                .scheduled_for = request.scheduled_for,
                .created_by = request.created_by};
  POSTROOM_CHECK(context_.blobs.put(ports::Bucket::job_files, file_key(job), stored));
  ports::NewTask task{.queue = std::string(ports::kJobQueue),
                      .kind = std::string(ports::kProcessJob),
                      .subject = job.id.text(),
                      .run_at = request.scheduled_for.value_or(now)};
  POSTROOM_CHECK(jobs_.create(job, std::span(&task, 1)));
  return job;
}

Result<void> BulkFlow::process(JobId id, const std::function<bool()>& renew) {
  POSTROOM_TRY(job, jobs_.find(id));
  if (job.status == jobs::JobStatus::finished || job.status == jobs::JobStatus::cancelled) return {};
  UtcTime now = context_.clock.now();
  if (job.status != jobs::JobStatus::in_progress) {
    POSTROOM_TRY(started, jobs_.move(id, job.status, jobs::JobStatus::in_progress, now));
    if (!started) return fail(ErrorKind::retry_later, "the job was changed by somebody else just now");
  }
  POSTROOM_TRY(service, services_.find(job.service_id));
  POSTROOM_TRY(loaded, template_of(service, job.template_id, job.template_version));
  POSTROOM_TRY(text, context_.blobs.get(ports::Bucket::job_files, file_key(job)));
  recipients::RecipientSheet sheet(text, spec_of(*loaded));
  recipients::RecipientRows rows = sheet.rows();
  recipients::RecipientRow row;
  std::vector<ports::Acceptance> batch;
  int read = 0;
  int refused = 0;
  auto commit = [&]() -> Result<void> {
    // Rows of an interrupted run are there already; accept_all leaves them alone.
    if (!batch.empty()) POSTROOM_CHECK(context_.notifications.accept_all(batch));
    batch.clear();
    POSTROOM_CHECK(jobs_.set_rows_stored(id, read));
    if (!renew()) return fail(ErrorKind::retry_later, "another worker has taken the job over");
    return {};
  };
  while (rows.next(row)) {
    ++read;
    if (read <= job.rows_stored) continue;
    RowMessage message{.job_id = id,
                       .row = static_cast<int>(row.index),
                       .recipient = job.type == NotificationType::letter ? recipients::address_text(row)
                                                                         : row.recipient.value_or(""),
                       .personalisation = recipients::personalisation_of(row),
                       .client_reference = row.client_reference};
    auto acceptance = accept_row(context_, service, *loaded, std::move(message));
    if (acceptance) {
      batch.push_back(std::move(*acceptance));
    } else {
      ++refused;
      log_error("job.row_refused",
                {{"job", id.text()}, {"row", row.index + 2}, {"reason", acceptance.error().messages.front()}});
    }
    if (batch.size() >= kRowsPerCommitMax) POSTROOM_CHECK(commit());
  }
  POSTROOM_CHECK(commit());
  POSTROOM_CHECK(jobs_.move(id, jobs::JobStatus::in_progress, jobs::JobStatus::finished, context_.clock.now()));
  log_info("job.finished", {{"job", id.text()}, {"rows", read}, {"refused", refused}});
  return {};
}

}  // namespace postroom::flows
