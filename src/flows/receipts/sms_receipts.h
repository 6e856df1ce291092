// Receipts that providers of texts post to us: kept as tasks before they are answered, applied by a worker.
#pragma once

#include <span>
#include <vector>

#include "flows/receipts/receipt_flow.h"
#include "ports/task_queue.h"

namespace postroom::flows {

// Safe from several threads.
class SmsReceipts {
 public:
  SmsReceipts(ports::TaskQueue& tasks, ReceiptFlow& receipts, const Clock& clock)
      : tasks_(tasks), receipts_(receipts), clock_(clock) {}

  // On return the receipt is on disk, so that the provider need not send it again. One whose reference is no id of
  // ours can never be applied: it is dropped with an error in the log.
  Result<void> take(const receipts::SmsReceipt& receipt);
  // For each task that take() made what came of it. corrupt when one does not read back.
  std::vector<Result<void>> apply(std::span<const ports::ClaimedTask* const> tasks);

 private:
  ports::TaskQueue& tasks_;
  ReceiptFlow& receipts_;
  const Clock& clock_;
};

}  // namespace postroom::flows
