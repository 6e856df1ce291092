// What providers post to us: flows, tasks and addresses.
#pragma once

#include "api/receipts/receipts_api.h"
#include "app/email_queue.h"
#include "app/parts.h"
#include "base/signed_value.h"
#include "flows/inbound_sms/number_stock.h"

namespace postroom::worker {
class TaskTable;
}  // namespace postroom::worker

namespace postroom::app {

// Declared in the order they are built.
struct ReceiptParts {
  api::ReceiptDoors doors;
  std::vector<std::string> ses_topics;
  receipts::CustomReceiptRules http_rules;
  ValueSigner letter_tokens;
  flows::SmsReceipts sms;
  flows::EmailReports email;
  flows::LetterReports letters;
  flows::InboundSms inbound;
  flows::NumberStock stock;
  flows::SnsVerifier sns;
  std::unique_ptr<EmailQueueReader> email_queue = nullptr;  // null: ses.queue_url is not set
};

// Needs the receipt flow and callbacks of parts.flows. invalid_input names the setting at fault.
Result<void> build_receipts(Parts& parts);
void add_receipt_tasks(worker::TaskTable& table, Parts& parts);
// What the routes need; the parts must outlive it.
api::ReceiptsApi receipts_api(Parts& parts);

}  // namespace postroom::app
