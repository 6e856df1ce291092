#include "flows/documents/document_uploads.h"

#include "base/log.h"
#include "core/documents/document_link.h"
#include "core/documents/file_check.h"
#include "flows/documents/document_seal.h"

namespace postroom::flows {

DocumentUploads::DocumentUploads(const DocumentPorts& ports, DocumentOptions options)
    : ports_(ports), options_(std::move(options)) {}

Outcome<void> DocumentUploads::scan(BytesView content) {
  if (ports_.scanner == nullptr) {
    if (options_.unscanned) return {};
    return refuse(RefusalKind::bad_request, "file was not stored, since this installation has no virus scanner");
  }
  auto report = ports_.scanner->scan(content);
  if (!report && report.error().kind == ErrorKind::rejected) {
    log_warning("document.not_scanned", {{"error", report.error().message}});
    return refuse(RefusalKind::bad_request, "file was not stored, since the virus scanner cannot look into it");
  }
  if (!report) return refuse_for(report.error(), "scan document");
  if (report->verdict == ports::ScanVerdict::clean) return {};
  log_warning("document.infected", {{"signature", report->signature}});
  return refuse(RefusalKind::bad_request, "file holds a virus and was not stored, send another one");
}

Outcome<std::string> DocumentUploads::upload(const DocumentUpload& upload) {
  const notifications::FileRequest& file = upload.file;
  auto accepted = documents::check_file(
      {.content_base64 = file.content, .file_name = file.filename, .is_csv = file.is_csv}, options_.bytes_max);
  if (!accepted) return refuse(RefusalKind::bad_request, accepted.error().message);
  POSTROOM_PERMIT(scan(accepted->content));

  const UtcTime now = ports_.clock.now();
  const documents::DocumentLink link{.service = upload.service.id,
                                     .document = DocumentId{Uuid::random(ports_.random)},
                                     .key = ports_.random.bytes(documents::kDocumentKeyBytes)};
  const std::string details = documents::details_text(
      {.file_name = std::move(accepted->file_name),
       .type = accepted->type,
       .confirm_address = file.confirm_email_before_download ? std::string(upload.recipient) : std::string()});
  const std::chrono::weeks kept_for{file.retention_weeks.value_or(options_.retention_weeks)};
  const ports::DocumentRecord record{
      .id = link.document,
      .service_id = link.service,
      .notification_id = upload.notification,
      .byte_count = static_cast<std::int64_t>(accepted->content.size()),
      .created_at = now,
      .expires_at = upload.sent_at + kept_for,
      .details = seal_document(link.key, link.document, kDetailsPart, details, ports_.random)};
  if (auto stored = ports_.documents.create(record); !stored) return refuse_for(stored.error(), "store document");
  auto put =
      ports_.blobs.put(ports::Bucket::documents, document_blob_key(link.service, link.document),
                       seal_document(link.key, link.document, kContentPart, accepted->content, ports_.random));
  if (!put) return refuse_for(put.error(), "store document");
  log_info("document.stored", {{"document", record.id.text()},
                               {"service", record.service_id.text()},
                               {"notification", record.notification_id.text()},
                               {"bytes", record.byte_count},
                               {"type", documents::to_string(accepted->type)},
                               {"expires", format_rfc3339(record.expires_at)}});
  return options_.base_url + documents::link_path(link);
}

std::string DocumentUploads::test_link(ServiceId service) const {
  return options_.base_url + "/services/" + service.text() + "/documents/test-document";
}

}  // namespace postroom::flows
