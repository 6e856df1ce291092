// The thread that reads the provider's queue of reports about emails.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "flows/receipts/queued_reports.h"

namespace postroom::app {

struct Parts;

class EmailQueueReader {
 public:
  EmailQueueReader(std::unique_ptr<ports::ReportQueue> queue, flows::EmailReports& reports)
      : queue_(std::move(queue)), reports_(*queue_, reports) {}
  ~EmailQueueReader() { stop(); }

  void start();
  // Waits for the question in hand, a few seconds at most.
  void stop();

 private:
  void run();

  std::unique_ptr<ports::ReportQueue> queue_;
  flows::QueuedReports reports_;
  std::mutex mutex_;
  std::condition_variable stop_signal_;
  bool stopping_ = false;
  std::thread thread_;
};

// Null where no queue is set. Needs the receipts' parts. invalid_input names the setting at fault.
Result<std::unique_ptr<EmailQueueReader>> build_email_queue(Parts& parts);

}  // namespace postroom::app
