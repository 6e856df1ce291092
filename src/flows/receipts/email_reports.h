// What Amazon SES reports about emails, by way of Amazon SNS.
#pragma once

#include "base/random.h"
#include "core/receipts/ses_event.h"
#include "core/receipts/sns_message.h"
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
};

// Safe from several threads.
class EmailReports {
 public:
  EmailReports(EmailReportPorts ports, ReceiptFlow& receipts, DeliveryCallbacks& callbacks)
      : ports_(ports), receipts_(receipts), callbacks_(callbacks) {}

  // Keeps a message whose sender was verified; on return it is on disk. Confirmations of subscriptions are kept too
  // and answered by a worker; those of their end are logged.
  Result<void> take(const receipts::SnsMessage& message);

  // Applies one notification's text. invalid_input when it is no event of SES; retry_later also while the email it
  // is about may not be known yet.
  Result<void> apply(std::string_view event);
  // Asks SNS to begin: `subscribe_url` is an address of SNS's or the call is forbidden.
  Result<void> confirm(std::string_view subscribe_url);

 private:
  Result<void> apply_receipt(NotificationId id, const receipts::SesEvent& event);
  Result<void> apply_complaint(NotificationId id, const receipts::SesEvent& event);

  EmailReportPorts ports_;
  ReceiptFlow& receipts_;
  DeliveryCallbacks& callbacks_;
};

}  // namespace postroom::flows
