#include "flows/deliver/render_flow.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "flows/deliver/give_up.h"
#include "flows/deliver/simulated_receipt.h"
#include "flows/print_run/print_run_ports.h"
#include "ports/task_names.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;

std::string attachment_key(ServiceId service, std::string_view attachment) {
  return fmt::format("service-{}/{}.pdf", service.text(), attachment);
}

RenderFlow::RenderFlow(ports::NotificationStore& notifications, TemplateCache& templates,
                       ports::LetterRenderer& renderer, ports::BlobStore& blobs, ports::TaskQueue& tasks,
                       const letters::PrintCalendar& calendar, const Clock& clock, Duration receipt_delay,
                       RenderObserver observer, RenderHelp help)
    : notifications_(notifications),
      templates_(templates),
      renderer_(renderer),
      blobs_(blobs),
      files_(blobs, calendar),
      tasks_(tasks),
      calendar_(calendar),
      clock_(clock),
      receipt_delay_(receipt_delay),
      observer_(std::move(observer)),
      help_(help) {}

ports::LetterInput RenderFlow::input_of(const Notification& letter, const content::LetterTemplate& text,
                                        const content::Personalisation& values, bool welsh) const {
  content::LetterDocument document = text.render(values);
  ports::LetterInput input;
  input.address_lines = split(letter.to, '\n');
  input.contact_lines = std::move(document.contact_lines);
  // The sender that the service has for templates without one of their own.
  if (input.contact_lines.empty() && !letter.reply_to.empty()) input.contact_lines = split(letter.reply_to, '\n');
  // The day it was accepted, whenever it is rendered.
  input.date = content::letter_date(calendar_.zone.local_date(letter.created_at), welsh);
  input.subject = std::move(document.subject);
  input.blocks = std::move(document.blocks);
  input.language = welsh ? ports::LetterLanguage::welsh : ports::LetterLanguage::english;
  return input;
}

Result<std::vector<ports::LetterInput>> RenderFlow::parts_of(const Notification& letter,
                                                             const LoadedTemplate& loaded,
                                                             const content::Personalisation& values) const {
  if (!loaded.letter) {
    return fail(ErrorKind::corrupt, "the template of letter " + letter.id.text() + " is not a letter template");
  }
  std::vector<ports::LetterInput> parts;
  if (loaded.welsh_letter) parts.push_back(input_of(letter, *loaded.welsh_letter, values, true));
  parts.push_back(input_of(letter, *loaded.letter, values, false));
  // A second tag would make the print house take the English part for a letter of its own.
  if (parts.size() > 1) {
    parts.front().contact_lines = parts.back().contact_lines;
    parts.back().notify_tag = false;
  }
  // Whoever wrote a letter that is too long wants to see it, so its pages are counted here, once there is a PDF.
  for (ports::LetterInput& part : parts) part.page_limit.reset();
  return parts;
}

Result<void> RenderFlow::append_attachment(const notifications::Template& text,
                                           ports::RenderedLetter& rendered) const {
  if (text.attachment.empty()) return {};
  auto attachment = blobs_.get(ports::Bucket::letter_attachments, attachment_key(text.service_id, text.attachment));
  // Never posted without it: an operator can put the file back.
  if (!attachment) {
    return fail(ErrorKind::retry_later, fmt::format("the attachment {} of template {} cannot be read: {}",
                                                    text.attachment, text.id.text(), attachment.error().message));
  }
  if (help_.joiner == nullptr) return fail(ErrorKind::internal, "nothing here joins PDFs");
  const BytesView parts[] = {rendered.pdf, *attachment};
  POSTROOM_TRY(joined, help_.joiner->join(parts));
  rendered.pdf = std::move(joined);
  rendered.page_count += text.attachment_pages;
  rendered.part_page_counts.push_back(text.attachment_pages);
  return {};
}

Result<ports::RenderedLetter> RenderFlow::make(const Notification& letter, const LoadedTemplate& loaded,
                                               const content::Personalisation& values) const {
  POSTROOM_TRY(parts, parts_of(letter, loaded, values));
  if (help_.logos != nullptr) {
    POSTROOM_TRY(logo, help_.logos->of(letter.service_id));
    for (ports::LetterInput& part : parts) {
      part.logo = logo.picture;
      part.logo_name = logo.name;
    }
  }
  POSTROOM_TRY(rendered, renderer_.render_parts(parts));
  POSTROOM_CHECK(append_attachment(loaded.record, rendered));
  return rendered;
}

Result<ports::RenderedLetter> RenderFlow::preview(const Notification& letter) const {
  POSTROOM_TRY(loaded, templates_.find(letter.service_id, letter.template_id, letter.template_version));
  POSTROOM_TRY(values, personalisation_of(letter));
  return make(letter, *loaded, values);
}

// A test key's letter is sending from the start, and nobody would report its end.
Result<void> RenderFlow::refuse(const Notification& letter, const Error& reason,
                                std::optional<ports::LetterFault> fault) {
  std::vector from{NotificationStatus::created};
  if (letter.key_type == accounts::KeyType::test) from.push_back(NotificationStatus::sending);
  bool moved = false;
  if (fault && help_.care != nullptr) {
    POSTROOM_TRY(failed,
                 help_.care->fail_checks(letter.id, from, *fault, clock_.now(), "render.refused", reason.message));
    moved = failed;
  } else {
    POSTROOM_TRY(failed, notifications_.move({.id = letter.id,
                                              .from = std::move(from),
                                              .to = NotificationStatus::validation_failed,
                                              .at = clock_.now(),
                                              .cause = "render.refused",
                                              .detail = reason.message,
                                              .sent_at = {},
                                              .sent_by = {},
                                              .provider_reference = {},
                                              .billable_units = {},
                                              .tasks = {}}));
    moved = failed;
  }
  log_warning("render.refused", {{"notification", letter.id.text()}, {"moved", moved}, {"reason", reason.message}});
  return {};
}

Result<void> RenderFlow::refuse_too_long(const Notification& letter, const ports::RenderedLetter& rendered) {
  Notification refused = letter;
  refused.status = NotificationStatus::validation_failed;
  POSTROOM_CHECK(files_.store(refused, rendered.pdf));
  return refuse(
      letter,
      Error{ErrorKind::invalid_input, fmt::format("The letter has {} pages, the limit is {} pages; shorten it",
                                                  rendered.page_count, ports::kLetterPagesMax)},
      ports::LetterFault{.code = "letter-too-long", .pages = {}, .page_count = rendered.page_count});
}

// Reported delivered when it was accepted, and that stays: its writer sees the pages, and the story says the rest.
Result<void> RenderFlow::keep_long_test_letter(const Notification& letter, const ports::RenderedLetter& rendered) {
  POSTROOM_CHECK(files_.store(letter, rendered.pdf));
  return notifications_.add_event(letter.id, {.at = clock_.now(),
                                              .status = letter.status,
                                              .cause = "render.too_long",
                                              .detail = fmt::format("{} pages, the limit is {} pages",
                                                                    rendered.page_count, ports::kLetterPagesMax)});
}

Result<void> RenderFlow::finish_test_letter(const Notification& letter) {
  if (letter.status != NotificationStatus::sending) return {};
  ports::NewTask report{.queue = std::string(ports::kReceiptQueue),
                        .kind = std::string(ports::kSimulateReceipt),
                        .subject = letter.id.text(),
                        .payload = to_payload({.provider = std::string(kPrintProvider)}),
                        .run_at = clock_.now() + receipt_delay_};
  return tasks_.enqueue(std::span(&report, 1));
}

Result<void> RenderFlow::render(NotificationId id) {
  POSTROOM_TRY(letter, notifications_.find(id));
  bool test_key = letter.key_type == accounts::KeyType::test;
  if (letter.status != NotificationStatus::created && !test_key) {
    log_info("render.not_created", {{"notification", id.text()}, {"status", to_string(letter.status)}});
    return {};
  }
  POSTROOM_TRY(loaded, templates_.find(letter.service_id, letter.template_id, letter.template_version));
  POSTROOM_TRY(values, personalisation_of(letter));
  auto rendered = make(letter, *loaded, values);
  if (!rendered && rendered.error().kind == ErrorKind::invalid_input) return refuse(letter, rendered.error());
  if (!rendered) return fail(rendered.error());
  if (rendered->page_count > ports::kLetterPagesMax) {
    return letter.status == NotificationStatus::delivered ? keep_long_test_letter(letter, *rendered)
                                                          : refuse_too_long(letter, *rendered);
  }
  POSTROOM_TRY(key, files_.store(letter, rendered->pdf));
  if (test_key) {
    POSTROOM_CHECK(finish_test_letter(letter));
  } else {
    UtcTime now = clock_.now();
    // A sheet carries two pages.
    POSTROOM_CHECK(notifications_.update(
        {.id = id,
         .billable_units = (rendered->page_count + 1) / 2,
         .updated_at = now,
         .event = notifications::NotificationEvent{
             .at = now, .status = letter.status, .cause = "letter.rendered", .detail = key}}));
  }
  if (observer_) {
    observer_(
        {letter, key, loaded->letter->api_subject(values), loaded->letter->api_body(values), rendered->page_count});
  }
  return {};
}

Result<void> RenderFlow::give_up(NotificationId id, std::string_view reason) {
  return give_up_waiting(notifications_, id, clock_.now(), reason);
}

}  // namespace postroom::flows
