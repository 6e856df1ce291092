// Received texts and their numbers; what providers of emails report.
#pragma once

#include "adapters/sqlite/store.h"
#include "ports/email_report_store.h"
#include "ports/inbound_store.h"

namespace postroom::sqlite {

class InboundStore final : public ports::InboundStore {
 public:
  explicit InboundStore(const Store& store) : store_(store) {}

  Result<void> add_number(const ports::InboundNumber& number) override;
  Result<void> update_number(const ports::InboundNumber& number) override;
  Result<std::optional<ports::InboundNumber>> find_number(std::string_view number) override;
  Result<std::vector<ports::InboundNumber>> numbers() override;
  Result<void> remove_number(std::string_view number) override;
  Result<bool> receive(const receipts::InboundText& text, std::span<const ports::NewTask> tasks) override;
  Result<receipts::InboundText> find(receipts::InboundTextId id) override;
  Result<std::vector<receipts::InboundText>> list(ServiceId service,
                                                  std::optional<receipts::InboundTextId> older_than,
                                                  int limit) override;
  Result<int> remove_older(UtcTime before, int limit) override;

 private:
  const Store& store_;
};

class EmailReportStore final : public ports::EmailReportStore {
 public:
  explicit EmailReportStore(const Store& store) : store_(store) {}

  Result<std::optional<NotificationId>> email_of(std::string_view provider_reference) override;
  Result<bool> add_complaint(const ports::Complaint& complaint, std::span<const ports::NewTask> tasks) override;
  Result<std::vector<ports::Complaint>> complaints(ServiceId service, int limit) override;

 private:
  const Store& store_;
};

}  // namespace postroom::sqlite
