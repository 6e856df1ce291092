// Receipts that providers of texts give us: kept as tasks before they are answered, applied by a worker.
#pragma once

#include <span>
#include <vector>

#include "flows/receipts/receipt_flow.h"
#include "ports/provider_store.h"
#include "ports/task_queue.h"

namespace postroom::flows {

// For so long a receipt may come before it is on disk what the provider calls the text.
inline constexpr Duration kEarlyPartReceipt = std::chrono::minutes{5};

// Safe from several threads.
class SmsReceipts {
 public:
  SmsReceipts(ports::TaskQueue& tasks, ReceiptFlow& receipts, ports::ProviderStore& providers, const Clock& clock)
      : tasks_(tasks), receipts_(receipts), providers_(providers), clock_(clock) {}

  // On return the receipt is on disk, so that the provider need not send it again. One whose reference is no id of
  // ours, nor the provider's, can never be applied: it is dropped with an error in the log.
  Result<void> take(const receipts::SmsReceipt& receipt);
  // For each task that take() made of a receipt with our reference what came of it. corrupt when one does not read
  // back.
  std::vector<Result<void>> apply(std::span<const ports::ClaimedTask* const> tasks);
  // The same for a receipt with the provider's name for a text or a part of one. A text is delivered when all its
  // parts are, and failed when all have an end and one has failed. retry_later while the name may still become
  // known; after kEarlyPartReceipt it is dropped with a warning.
  Result<void> apply_part(const ports::ClaimedTask& task);

 private:
  ports::TaskQueue& tasks_;
  ReceiptFlow& receipts_;
  ports::ProviderStore& providers_;
  const Clock& clock_;
};

}  // namespace postroom::flows
