#include "flows/ready_letters/template_attachments.h"

#include <fmt/format.h>

#include "base/log.h"
#include "flows/deliver/render_flow.h"
#include "flows/ready_letters/letter_uploads.h"

namespace postroom::flows {

using notifications::Template;
using ports::Bucket;

Outcome<Template> TemplateAttachments::find(const accounts::Service& service, TemplateId id) const {
  auto found = templates_.find(service.id, id, std::nullopt);
  const bool is_letter = found && found->type == notifications::NotificationType::letter && !found->hidden;
  if ((!found && found.error().kind == ErrorKind::not_found) || (found && !is_letter)) {
    return refuse(RefusalKind::bad_request,
                  fmt::format("service '{}' has no letter template {}", service.name, id.text()));
  }
  if (!found) return refuse_for(found.error(), "find template");
  if (found->archived) return refuse(RefusalKind::bad_request, fmt::format("template {} is archived", id.text()));
  return std::move(*found);
}

Outcome<void> TemplateAttachments::add_version(Template& text, const std::string& author) {
  ++text.version;
  text.updated_at = ports_.clock.now();
  if (!author.empty()) text.created_by = author;
  auto added = templates_.add_version(text);
  if (!added && added.error().kind == ErrorKind::conflict)
    return refuse(RefusalKind::conflict, "Somebody else has changed the template just now: try again");
  if (!added) return refuse_for(added.error(), "change template");
  return {};
}

Outcome<AttachmentResult> TemplateAttachments::attach(const accounts::Service& service, TemplateId id,
                                                      BytesView pdf, const std::string& author) {
  POSTROOM_ALLOW(text, find(service, id));
  if (pdf.size() > kUploadBytesMax) {
    return refuse(RefusalKind::bad_request,
                  fmt::format("The file has {} bytes, an attachment may have at most {} (2 MiB)", pdf.size(),
                              kUploadBytesMax));
  }
  if (ports_.scanner == nullptr) {
    return refuse(RefusalKind::bad_request,
                  "This installation has no virus scanner, and files from outside are never used unscanned");
  }
  AttachmentResult result{.version = std::move(text), .signature = {}, .verdict = {}};
  auto report = ports_.scanner->scan(pdf);
  if (!report && report.error().kind == ErrorKind::rejected)
    return refuse(RefusalKind::bad_request,
                  "The virus scanner cannot look into this file: " + report.error().message);
  if (!report) return refuse_for(report.error(), "scan attachment");
  if (report->verdict != ports::ScanVerdict::clean) {
    result.signature = report->signature.empty() ? "unnamed" : report->signature;
    log_error("letters.upload_infected", {{"service", service.id.text()}, {"signature", result.signature}});
    return result;
  }
  auto checked = check_.check(pdf, {.international = false, .attachment = true});
  if (!checked) return refuse_for(checked.error(), "check attachment");
  result.verdict = std::move(checked->verdict);
  // The letter before it has a page at least.
  if (result.verdict.passed() && checked->page_count >= letters::kPdfPagesMax)
    result.verdict.code = "letter-too-long";
  if (!result.verdict.passed()) return result;

  result.version.attachment = Uuid::random(random_).text();
  result.version.attachment_pages = checked->page_count;
  auto put = ports_.blobs.put(Bucket::letter_attachments, attachment_key(service.id, result.version.attachment),
                              checked->sanitised);
  if (!put) return refuse_for(put.error(), "keep attachment");
  POSTROOM_PERMIT(add_version(result.version, author));
  return result;
}

Outcome<Template> TemplateAttachments::detach(const accounts::Service& service, TemplateId id,
                                              const std::string& author) {
  POSTROOM_ALLOW(text, find(service, id));
  if (text.attachment.empty()) return text;
  text.attachment.clear();
  text.attachment_pages = 0;
  POSTROOM_PERMIT(add_version(text, author));
  return text;
}

}  // namespace postroom::flows
