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

RenderFlow::RenderFlow(ports::NotificationStore& notifications, TemplateCache& templates,
                       ports::LetterRenderer& renderer, ports::BlobStore& blobs, ports::TaskQueue& tasks,
                       const letters::PrintCalendar& calendar, const Clock& clock, Duration receipt_delay,
                       RenderObserver observer)
    : notifications_(notifications),
      templates_(templates),
      renderer_(renderer),
      files_(blobs, calendar),
      tasks_(tasks),
      calendar_(calendar),
      clock_(clock),
      receipt_delay_(receipt_delay),
      observer_(std::move(observer)) {}

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

Result<void> RenderFlow::refuse(const Notification& letter, const Error& reason) {
  POSTROOM_TRY(moved, notifications_.move({.id = letter.id,
                                           .from = {NotificationStatus::created},
                                           .to = NotificationStatus::validation_failed,
                                           .at = clock_.now(),
                                           .cause = "render.refused",
                                           .detail = reason.message}));
  log_warning("render.refused", {{"notification", letter.id.text()}, {"moved", moved}, {"reason", reason.message}});
  return {};
}

Result<void> RenderFlow::refuse_too_long(const Notification& letter, const ports::RenderedLetter& rendered) {
  Notification refused = letter;
  refused.status = NotificationStatus::validation_failed;
  POSTROOM_CHECK(files_.store(refused, rendered.pdf));
  return refuse(letter, Error{ErrorKind::invalid_input,
                              fmt::format("The letter has {} pages, the limit is {} pages; shorten it",
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
  POSTROOM_TRY(parts, parts_of(letter, *loaded, values));
  auto rendered = renderer_.render_parts(parts);
  if (!rendered && rendered.error().kind == ErrorKind::invalid_input) return refuse(letter, rendered.error());
  if (!rendered) return fail(rendered.error());
  if (rendered->page_count > ports::kLetterPagesMax) return refuse_too_long(letter, *rendered);
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
