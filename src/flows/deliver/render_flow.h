// Makes the PDF of a templated letter and puts it where the print run looks for it.
#pragma once

#include <functional>

#include "base/clock.h"
#include "core/letters/print_day.h"
#include "flows/deliver/letter_logos.h"
#include "flows/deliver/personalisation_of.h"
#include "flows/print_run/letter_files.h"
#include "flows/send/template_cache.h"
#include "ports/letter_care_store.h"
#include "ports/letter_renderer.h"
#include "ports/notification_store.h"
#include "ports/pdf_joiner.h"

namespace postroom::flows {

// Told of each letter that has been rendered; the sandbox shows them.
struct RenderedNotice {
  const notifications::Notification& notification;
  const std::string& blob_key;
  std::string subject;
  std::string body;  // the filled source
  int page_count = 0;
};
using RenderObserver = std::function<void(const RenderedNotice&)>;

// Where the attachments of a service's templates lie: "service-{service}/{attachment}.pdf".
std::string attachment_key(ServiceId service, std::string_view attachment);

// What letters need that are more than their template's pages. All must outlive the flow.
struct RenderHelp {
  ports::LetterCareStore* care = nullptr;  // keeps what is wrong with a letter that is refused
  ports::PdfJoiner* joiner = nullptr;      // templates with an attachment fail without it
  LetterLogos* logos = nullptr;            // letters have none without it
};

// Safe from several threads.
class RenderFlow {
 public:
  RenderFlow(ports::NotificationStore& notifications, TemplateCache& templates, ports::LetterRenderer& renderer,
             ports::BlobStore& blobs, ports::TaskQueue& tasks, const letters::PrintCalendar& calendar,
             const Clock& clock, Duration receipt_delay, RenderObserver observer = {}, RenderHelp help = {});

  // Renders, stores, and counts the sheets, which makes the letter due for the next run. Running it again
  // replaces the same file. A letter of a test key counts no sheets and is reported delivered after
  // `receipt_delay`, since it is never printed. A letter with too many pages, or with a character that cannot be
  // printed, becomes validation-failed, which is done. Errors: not_found, corrupt; retry_later for store and files.
  Result<void> render(NotificationId id);
  // The PDF as it would be printed, stored nowhere. invalid_input when it cannot be.
  Result<ports::RenderedLetter> preview(const notifications::Notification& letter) const;
  // Retries are used up: created becomes technical-failure.
  Result<void> give_up(NotificationId id, std::string_view reason);

 private:
  Result<std::vector<ports::LetterInput>> parts_of(const notifications::Notification& letter,
                                                   const LoadedTemplate& loaded,
                                                   const content::Personalisation& values) const;
  // With the pages of the template's attachment.
  Result<ports::RenderedLetter> make(const notifications::Notification& letter, const LoadedTemplate& loaded,
                                     const content::Personalisation& values) const;
  Result<void> append_attachment(const notifications::Template& text, ports::RenderedLetter& rendered) const;
  Result<void> refuse(const notifications::Notification& letter, const Error& reason,
                      std::optional<ports::LetterFault> fault = {});
  // Keeps the PDF where letters that failed validation are looked for.
  Result<void> refuse_too_long(const notifications::Notification& letter, const ports::RenderedLetter& rendered);
  Result<void> keep_long_test_letter(const notifications::Notification& letter,
                                     const ports::RenderedLetter& rendered);
  Result<void> finish_test_letter(const notifications::Notification& letter);
  ports::LetterInput input_of(const notifications::Notification& letter, const content::LetterTemplate& text,
                              const content::Personalisation& values, bool welsh) const;

  ports::NotificationStore& notifications_;
  TemplateCache& templates_;
  ports::LetterRenderer& renderer_;
  ports::BlobStore& blobs_;
  LetterFiles files_;
  ports::TaskQueue& tasks_;
  letters::PrintCalendar calendar_;
  const Clock& clock_;
  Duration receipt_delay_;
  RenderObserver observer_;
  RenderHelp help_;
};

}  // namespace postroom::flows
