#include "flows/deliver/render_flow.h"

#include "base/log.h"
#include "base/text.h"

namespace postroom::flows {

using notifications::Notification;
using notifications::NotificationStatus;

RenderFlow::RenderFlow(ports::NotificationStore& notifications, TemplateCache& templates,
                       ports::LetterRenderer& renderer, ports::BlobStore& blobs, const letters::PrintCalendar& calendar,
                       const Clock& clock, RenderObserver observer)
    : notifications_(notifications),
      templates_(templates),
      renderer_(renderer),
      files_(blobs, calendar),
      calendar_(calendar),
      clock_(clock),
      observer_(std::move(observer)) {}

Result<ports::LetterInput> RenderFlow::input_of(const Notification& letter, const content::LetterTemplate& text,
                                                const content::Personalisation& values, bool welsh) const {
  content::LetterDocument document = text.render(values);
  ports::LetterInput input;
  input.address_lines = split(letter.to, '\n');
  input.contact_lines = std::move(document.contact_lines);
  // The day it was accepted, whenever it is rendered.
  input.date = content::letter_date(calendar_.zone.local_date(letter.created_at), welsh);
  input.subject = std::move(document.subject);
  input.blocks = std::move(document.blocks);
  input.language = welsh ? ports::LetterLanguage::welsh : ports::LetterLanguage::english;
  return input;
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
  const auto& text = loaded->letter;
  if (!text) return fail(ErrorKind::corrupt, "the template of letter " + id.text() + " is not a letter template");
  POSTROOM_TRY(input, input_of(letter, *text, values, false));

  auto rendered = renderer_.render(input);
  if (!rendered && rendered.error().kind == ErrorKind::invalid_input) {
    POSTROOM_TRY(moved, notifications_.move({.id = id,
                                             .from = {NotificationStatus::created},
                                             .to = NotificationStatus::validation_failed,
                                             .at = clock_.now(),
                                             .cause = "render.refused",
                                             .detail = rendered.error().message}));
    log_warning("render.refused", {{"notification", id.text()}, {"moved", moved}, {"reason", rendered.error().message}});
    return {};
  }
  if (!rendered) return fail(rendered.error());
  POSTROOM_TRY(key, files_.store(letter, rendered->pdf));
  if (!test_key) {
    // A sheet carries two pages.
    POSTROOM_CHECK(notifications_.update({.id = id,
                                          .billable_units = (rendered->page_count + 1) / 2,
                                          .updated_at = clock_.now(),
                                          .event = notifications::NotificationEvent{.at = clock_.now(),
                                                                                    .status = letter.status,
                                                                                    .cause = "letter.rendered",
                                                                                    .detail = key}}));
  }
  if (observer_) {
    observer_({letter, key, text->api_subject(values), text->api_body(values), rendered->page_count});
  }
  return {};
}

Result<void> RenderFlow::give_up(NotificationId id, std::string_view reason) {
  POSTROOM_TRY(moved, notifications_.move({.id = id,
                                           .from = {NotificationStatus::created},
                                           .to = NotificationStatus::technical_failure,
                                           .at = clock_.now(),
                                           .cause = "retries.exhausted",
                                           .detail = std::string(reason)}));
  if (moved) log_error("render.gave_up", {{"notification", id.text()}, {"reason", reason}});
  return {};
}

}  // namespace postroom::flows
