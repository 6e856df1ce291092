// Makes the PDF of a templated letter and puts it where the print run looks for it.
#pragma once

#include <functional>

#include "base/clock.h"
#include "core/letters/print_day.h"
#include "flows/deliver/personalisation_of.h"
#include "flows/print_run/letter_files.h"
#include "flows/send/template_cache.h"
#include "ports/letter_renderer.h"
#include "ports/notification_store.h"

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

// Safe from several threads.
class RenderFlow {
 public:
  RenderFlow(ports::NotificationStore& notifications, TemplateCache& templates, ports::LetterRenderer& renderer,
             ports::BlobStore& blobs, ports::TaskQueue& tasks, const letters::PrintCalendar& calendar,
             const Clock& clock, Duration receipt_delay, RenderObserver observer = {});

  // Renders, stores, and counts the sheets, which makes the letter due for the next run. Running it again
  // replaces the same file. A letter of a test key counts no sheets and is reported delivered after
  // `receipt_delay`, since it is never printed. A letter with too many pages, or with a character that cannot be
  // printed, becomes validation-failed, which is done. Errors: not_found, corrupt; retry_later for store and files.
  Result<void> render(NotificationId id);
  // Retries are used up: created becomes technical-failure.
  Result<void> give_up(NotificationId id, std::string_view reason);

 private:
  Result<std::vector<ports::LetterInput>> parts_of(const notifications::Notification& letter,
                                                   const LoadedTemplate& loaded,
                                                   const content::Personalisation& values) const;
  Result<void> refuse(const notifications::Notification& letter, const Error& reason);
  // Keeps the PDF where letters that failed validation are looked for.
  Result<void> refuse_too_long(const notifications::Notification& letter, const ports::RenderedLetter& rendered);
  Result<void> finish_test_letter(const notifications::Notification& letter);
  ports::LetterInput input_of(const notifications::Notification& letter, const content::LetterTemplate& text,
                              const content::Personalisation& values, bool welsh) const;

  ports::NotificationStore& notifications_;
  TemplateCache& templates_;
  ports::LetterRenderer& renderer_;
  LetterFiles files_;
  ports::TaskQueue& tasks_;
  letters::PrintCalendar calendar_;
  const Clock& clock_;
  Duration receipt_delay_;
  RenderObserver observer_;
};

}  // namespace postroom::flows
