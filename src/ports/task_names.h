// Queues and kinds of tasks: the contract between whoever enqueues, the workers, and tasks already in a database.
// A name never changes its meaning.
#pragma once

#include <string_view>

namespace postroom::ports {

// Queues: each has threads of its own.
inline constexpr std::string_view kSendSmsQueue = "send-sms";
inline constexpr std::string_view kSendEmailQueue = "send-email";
inline constexpr std::string_view kLettersQueue = "letters";
inline constexpr std::string_view kResearchQueue =
    "research";  // test keys, so that trials never hold up real messages
inline constexpr std::string_view kScanQueue = "antivirus";  // a scanner that hangs holds up nothing else
inline constexpr std::string_view kPrintQueue = "print";
inline constexpr std::string_view kSendLetterQueue = "send-letter";  // orders of the print house's HTTP service
inline constexpr std::string_view kReceiptQueue = "receipts";
// Reports that providers post, a queue for each source: one in trouble does not hold up the others.
inline constexpr std::string_view kSmsReceiptQueue = "sms-receipts";
inline constexpr std::string_view kEmailReceiptQueue = "email-receipts";
inline constexpr std::string_view kLetterReceiptQueue = "letter-receipts";
inline constexpr std::string_view kCallbackQueue = "callbacks";
// Callbacks that failed before, or whose receiver is in trouble: apart, so that they hold up no fresh ones.
inline constexpr std::string_view kCallbackRetryQueue = "callbacks-retry";
inline constexpr std::string_view kJobQueue = "jobs";
inline constexpr std::string_view kPeriodicQueue = "periodic";

// Kinds, with their subject.
inline constexpr std::string_view kDeliverSms = "deliver-sms";                       // notification id
inline constexpr std::string_view kDeliverEmail = "deliver-email";                   // notification id
inline constexpr std::string_view kCreateLetterPdf = "create-letter-pdf";            // notification id
inline constexpr std::string_view kScanLetter = "scan-letter";                       // notification id
inline constexpr std::string_view kSanitiseLetter = "sanitise-letter";               // notification id
inline constexpr std::string_view kSimulateReceipt = "simulate-receipt";             // notification id
inline constexpr std::string_view kSendDeliveryStatus = "send-delivery-status";      // notification id
inline constexpr std::string_view kSendComplaint = "send-complaint";                 // notification id
inline constexpr std::string_view kSendInboundSms = "send-inbound-sms";              // received text's id
inline constexpr std::string_view kReplayCallback = "replay-callback";               // as the first time
inline constexpr std::string_view kTellManagers = "tell-callback-managers";          // service id
inline constexpr std::string_view kProcessSmsReceipt = "process-sms-receipt";        // notification id
inline constexpr std::string_view kProcessTextPart = "process-text-part";            // provider's name for a part
inline constexpr std::string_view kProcessSesEvent = "process-ses-event";            // SNS message id
inline constexpr std::string_view kProcessBounce = "process-bounce";                 // notification id
inline constexpr std::string_view kConfirmSnsTopic = "confirm-sns-topic";            // SNS message id
inline constexpr std::string_view kProcessLetterReport = "process-letter-report";    // notification id
inline constexpr std::string_view kReportRejectedLetter = "report-rejected-letter";  // notification id
inline constexpr std::string_view kProcessJob = "process-job";                       // job id
inline constexpr std::string_view kSendReturnedLetter = "send-returned-letter";      // notification id
inline constexpr std::string_view kArchiveMessages = "delete-notifications-for-service";  // service id:type
inline constexpr std::string_view kBuildJobRecords = "build-dvla-file";                   // job id
inline constexpr std::string_view kSendJobRecords = "send-jobs-to-dvla";                  // record file's name
inline constexpr std::string_view kSendApiRecords = "send-api-notifications-to-dvla";     // record file's name
inline constexpr std::string_view kDeliverLetter = "deliver-letter";                      // notification id
inline constexpr std::string_view kSendLetterVolumes = "send-letter-volumes";             // day, YYYY-MM-DD
inline constexpr std::string_view kZipAndSend = "zip-and-send-letter-pdfs";               // zip name

}  // namespace postroom::ports
