// The flows, wired to the ports.
#pragma once

#include "app/parts.h"
#include "base/link_token.h"
#include "core/letters/print_day.h"
#include "flows/alerts/letter_alerts.h"
#include "flows/bulk/bulk_flow.h"
#include "flows/callbacks/delivery_callback.h"
#include "flows/deliver/deliver_flow.h"
#include "flows/deliver/letter_logos.h"
#include "flows/deliver/render_flow.h"
#include "flows/delivery_care/delivery_care.h"
#include "flows/documents/document_downloads.h"
#include "flows/documents/document_uploads.h"
#include "flows/print_run/collate.h"
#include "flows/print_run/local_prints.h"
#include "flows/print_run/reconcile.h"
#include "flows/print_run/replay.h"
#include "flows/print_run/responses.h"
#include "flows/print_run/stuck_checks.h"
#include "flows/print_run/volume_mail.h"
#include "flows/print_run/zip_and_send.h"
#include "flows/receipts/receipt_flow.h"
#include "flows/receipts/returned_letters.h"
#include "flows/retention/retention.h"
#include "flows/send/cancel_letter.h"
#include "flows/send/limit_gate.h"
#include "flows/send/send_context.h"
#include "flows/send/template_cache.h"
#include "flows/unsubscribe/unsubscribe_flow.h"

namespace postroom::app {

struct DirectPrintParts;  // app/direct_print.h
struct ReceiptParts;      // app/receipts.h
struct RecordParts;       // app/print_records.h
struct ReadyLetterParts;  // app/ready_letters.h

// Declared in the order they are built; each holds references to those above it.
struct FlowParts {
  FlowParts();
  ~FlowParts();

  std::unique_ptr<letters::PrintCalendar> calendar;
  std::unique_ptr<flows::TemplateCache> templates;
  std::unique_ptr<flows::LimitGate> limits;
  std::unique_ptr<flows::SendContext> send;
  std::unique_ptr<flows::DeliveryCallbacks> callbacks;
  std::unique_ptr<flows::ReceiptFlow> receipts;
  std::unique_ptr<ReceiptParts> provider_reports;
  std::unique_ptr<LinkTokens> unsubscribe_tokens;
  std::unique_ptr<flows::UnsubscribeLinks> unsubscribe_links;
  std::unique_ptr<flows::UnsubscribeFlow> unsubscribe;
  std::unique_ptr<flows::DeliverFlow> deliver;
  std::unique_ptr<flows::LetterLogos> letter_logos;
  std::unique_ptr<flows::RenderFlow> render;
  std::unique_ptr<flows::BulkFlow> bulk;
  // Null where print.provider is none.
  std::unique_ptr<flows::PrintRunPorts> print_ports;
  std::unique_ptr<flows::VolumeMail> volume_mail;  // null unless somebody is to be told
  std::unique_ptr<flows::Collator> collator;
  std::unique_ptr<flows::ZipSender> zip_sender;
  std::unique_ptr<flows::LocalPrints> local_prints;  // null unless print.provider is print-locally
  std::unique_ptr<flows::PrintResponses> responses;
  std::unique_ptr<RecordParts> records;            // null where no files can be taken to a print house
  std::unique_ptr<DirectPrintParts> direct_print;  // null unless print.provider is dvla-http
  std::unique_ptr<ReadyLetterParts> ready_letters;
  std::unique_ptr<flows::LetterAlerts> alerts;
  std::unique_ptr<flows::LetterCancelling> letter_cancelling;
  std::unique_ptr<flows::ReturnedLetters> returned_letters;
  std::unique_ptr<flows::StuckChecks> stuck_checks;
  std::unique_ptr<flows::Retention> retention;
  std::unique_ptr<flows::DeliveryCare> delivery_care;
  std::unique_ptr<flows::DocumentPorts> document_ports;
  std::unique_ptr<flows::DocumentDownloads> document_downloads;
  std::unique_ptr<flows::DocumentUploads> document_uploads;  // null until the pages' address is known
};

}  // namespace postroom::app
