// What is reported about emails: by Amazon SES by way of Amazon SNS, and by mail servers with bounces and
// complaints.
#pragma once

#include "base/random.h"
#include "core/email/bounce.h"
#include "core/receipts/ses_event.h"
#include "core/receipts/sns_message.h"
#include "flows/email/suppressions.h"
#include "flows/receipts/receipt_flow.h"
#include "ports/email_report_store.h"
#include "ports/http_client.h"
#include "ports/task_queue.h"

namespace postroom::flows {

// A report may be faster than our own note of what SES called the email.
inline constexpr std::chrono::minutes kEmailReferenceGrace{5};

struct EmailReportPorts {
  ports::TaskQueue& tasks;
  ports::NotificationStore& notifications;
  ports::EmailReportStore& reports;
  ports::HttpClient& client;  // confirms subscriptions
  const Clock& clock;
  Random& random;
  Suppressions* suppressions = nullptr;  // null: nobody is suppressed
};

// What SES says about one email, as text.
struct EmailEvent {
  std::string id;  // of the message that brought it
  std::string text;
};

// Safe from several threads.
class EmailReports {
 public:
  EmailReports(EmailReportPorts ports, ReceiptFlow& receipts, DeliveryCallbacks& callbacks)
      : ports_(ports), receipts_(receipts), callbacks_(callbacks) {}

  // Keeps a message whose sender was verified; on return it is on disk. Confirmations of subscriptions are kept too
  // and answered by a worker; those of their end are logged.
  Result<void> take(const receipts::SnsMessage& message);

  // Keeps events whose sender is known; on return all are on disk.
  Result<void> take_events(std::span<const EmailEvent> events);

  // Applies one notification's text. invalid_input when it is no event of SES; retry_later also while the email it
  // is about may not be known yet.
  Result<void> apply(std::string_view event);
  // Asks SNS to begin: `subscribe_url` is an address of SNS's or the call is forbidden.
  Result<void> confirm(std::string_view subscribe_url);

  // Reads a mail server's report and keeps what it says; on return it is on disk. `message` is an email as a mail
  // server stores it, `recipient` the address it came to, when known. not_found when it is no report, or names no
  // email of ours: nobody need send it again.
  Result<void> take_bounce(std::string_view message, std::string_view recipient);
  // Applies what take_bounce() kept. retry_later also while the email's hand-over may not be written down yet.
  Result<void> apply_bounce(std::string_view payload);

 private:
  Result<void> apply_receipt(NotificationId id, const receipts::SesEvent& event);
  Result<void> apply_complaint(NotificationId id, const receipts::SesEvent& event);
  Result<void> apply_delivery(const notifications::Notification& email, const email::BounceReport& report);

  EmailReportPorts ports_;
  ReceiptFlow& receipts_;
  DeliveryCallbacks& callbacks_;
};

}  // namespace postroom::flows
