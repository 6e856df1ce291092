#include "flows/ready_letters/letter_uploads.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "flows/send/acceptance.h"
#include "flows/send/checks.h"
#include "flows/send/send_letter.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;
using notifications::NotificationType;
using ports::Bucket;
using recipients::PostageZone;

namespace {

constexpr std::string_view kPdf = "pdf";
constexpr std::string_view kFacts = "json";

int sheets_of(int pages) { return (pages + 1) / 2; }

}  // namespace

// What check() found out and send() needs.
struct LetterUploads::Kept {
  Bytes pdf;
  std::string address;  // lines joined by line feeds
  std::string normalised;
  PostageZone zone = PostageZone::united_kingdom;
  int pages = 0;
};

std::string upload_key(ServiceId service, NotificationId id, std::string_view ending) {
  return fmt::format("service-{}/{}.{}", service.text(), id.text(), ending);
}

Outcome<void> LetterUploads::scan(BytesView pdf, UploadedLetter& upload) {
  if (ports_.scanner == nullptr) {
    return refuse(RefusalKind::bad_request,
                  "This installation has no virus scanner, and files from outside are never used unscanned");
  }
  auto report = ports_.scanner->scan(pdf);
  if (!report && report.error().kind == ErrorKind::rejected)
    return refuse(RefusalKind::bad_request,
                  "The virus scanner cannot look into this file: " + report.error().message);
  if (!report) return refuse_for(report.error(), "scan upload");
  if (report->verdict != ports::ScanVerdict::clean)
    upload.signature = report->signature.empty() ? "unnamed" : report->signature;
  return {};
}

Outcome<UploadedLetter> LetterUploads::check(const accounts::Service& service, BytesView pdf, NotificationId id) {
  POSTROOM_PERMIT(check_channel(service, NotificationType::letter));
  POSTROOM_PERMIT(check_ready_pdfs_allowed(send_, service));
  if (pdf.size() > kUploadBytesMax) {
    return refuse(
        RefusalKind::bad_request,
        fmt::format("The file has {} bytes, a letter may have at most {} (2 MiB)", pdf.size(), kUploadBytesMax));
  }
  UploadedLetter upload{.id = id, .signature = {}, .checked = {}};
  POSTROOM_PERMIT(scan(pdf, upload));
  if (!upload.signature.empty()) {
    log_error("letters.upload_infected", {{"service", service.id.text()}, {"signature", upload.signature}});
    return upload;
  }
  auto checked = check_.check(pdf, {.international = service.has(accounts::Permission::international_letters)});
  if (!checked) return refuse_for(checked.error(), "check upload");
  upload.checked = std::move(*checked);
  if (!upload.checked.verdict.passed()) return upload;
  const CheckedLetter& c = upload.checked;
  const json::object facts{{"address", join(c.address_lines, "\n")},
                           {"normalised", c.verdict.address ? c.verdict.address->normalised() : std::string()},
                           {"zone", static_cast<int>(c.postage_zone)},
                           {"pages", c.page_count}};
  for (const auto& [ending, content] : {std::pair{kPdf, c.sanitised}, {kFacts, write_json(facts)}}) {
    auto put = ports_.blobs.put(Bucket::transient_letters, upload_key(service.id, id, ending), content);
    if (!put) return refuse_for(put.error(), "keep upload");
  }
  upload.checked.sanitised.clear();
  return upload;
}

Outcome<LetterUploads::Kept> LetterUploads::take(const accounts::Service& service, NotificationId id) {
  auto pdf = ports_.blobs.get(Bucket::transient_letters, upload_key(service.id, id, kPdf));
  auto text = ports_.blobs.get(Bucket::transient_letters, upload_key(service.id, id, kFacts));
  for (const auto* got : {&pdf, &text}) {
    if (*got) continue;
    if (got->error().kind == ErrorKind::not_found) {
      return refuse(
          RefusalKind::bad_request,
          fmt::format("The uploaded file {} is gone (it is kept for two days): upload it again", id.text()));
    }
    return refuse_for(got->error(), "read upload");
  }
  auto parsed = parse_json(*text);
  if (!parsed || !parsed->is_object())
    return refuse_for({ErrorKind::corrupt, "the facts of an upload do not read back"}, "read upload");
  const json::object& facts = parsed->get_object();
  return Kept{.pdf = std::move(*pdf),
              .address = get_string(facts, "address").value_or(""),
              .normalised = get_string(facts, "normalised").value_or(""),
              .zone = static_cast<PostageZone>(get_int(facts, "zone").value_or(0)),
              .pages = static_cast<int>(get_int(facts, "pages").value_or(0))};
}

Outcome<std::optional<Notification>> LetterUploads::sent_already(const accounts::Service& service,
                                                                 NotificationId id) {
  auto found = ports_.notifications.find(id);
  if (!found && found.error().kind == ErrorKind::not_found) return std::optional<Notification>{};
  if (!found) return refuse_for(found.error(), "find upload");
  if (found->service_id != service.id)
    return refuse(RefusalKind::bad_request, "There is no such uploaded file in this service");
  return std::optional(std::move(*found));
}

Outcome<Notification> LetterUploads::send(const Sender& sender, const UploadSend& request) {
  const accounts::Service& service = sender.service;
  POSTROOM_PERMIT(check_channel(service, NotificationType::letter));
  POSTROOM_PERMIT(check_letters_allowed(sender));
  POSTROOM_PERMIT(check_ready_pdfs_allowed(send_, service));
  POSTROOM_PERMIT(send_.limits.admit(service, sender.key_type, NotificationType::letter));
  POSTROOM_ALLOW(already, sent_already(service, request.id));
  if (already) return std::move(*already);
  POSTROOM_ALLOW(kept, take(service, request.id));
  POSTROOM_ALLOW(text, find_hidden_template(send_, service.id));

  Notification letter = new_notification(send_, sender, text->record, request.file_name);
  letter.id = request.id;
  letter.reference = letters::make_reference(send_.random);
  letter.to = kept.address;
  letter.normalised_to = kept.normalised;
  letter.postage = letters::pdf_postage(request.postage, kept.zone);
  letter.international = kept.zone != PostageZone::united_kingdom;
  letter.billable_units = sheets_of(kept.pages);
  letter.personalisation = write_json(json::object{{"address_line_1", request.file_name}});
  letter.created_by_name = request.created_by;
  return accept(sender, std::move(letter), kept);
}

Outcome<Notification> LetterUploads::accept(const Sender& sender, Notification letter, const Kept& kept) {
  // The file before its row: a letter that waits for printing always has one.
  auto key = files_.store(letter, kept.pdf);
  if (!key) return refuse_for(key.error(), "file upload");
  auto use = send_.limits.use_of(sender.service, sender.key_type, NotificationType::letter, false);
  const ports::Acceptance acceptance{
      .notification = letter, .tasks = {}, .claims = claims_of(send_, sender, std::move(use), {})};
  if (auto stored = send_.notifications.accept(acceptance); !stored) {
    auto file = files_.find(letter);
    if (file) {
      if (auto removed = ports_.blobs.remove(file->bucket, file->blob.key); !removed)
        log_warning("letters.file_left_behind", {{"key", file->blob.key}, {"error", removed.error().message}});
    }
    // A second click was faster.
    if (stored.error().kind == ErrorKind::conflict) {
      POSTROOM_ALLOW(already, sent_already(sender.service, letter.id));
      if (already) return std::move(*already);
    }
    return refuse_claims(send_, sender, acceptance.claims, stored.error(), "accept upload");
  }
  if (acceptance.claims.use) send_.limits.counted(sender.service.id, *acceptance.claims.use);
  for (std::string_view ending : {kPdf, kFacts}) {
    const std::string upload = upload_key(sender.service.id, letter.id, ending);
    if (auto removed = ports_.blobs.remove(Bucket::transient_letters, upload); !removed)
      log_warning("letters.file_left_behind", {{"key", upload}, {"error", removed.error().message}});
  }
  if (observer_) observer_({letter, *key, kept.pages});
  return letter;
}

}  // namespace postroom::flows
