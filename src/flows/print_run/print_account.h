// Our account at the print house's HTTP service: one sealed record, changed only from the version that was read.
#pragma once

#include <functional>

#include "base/clock.h"
#include "ports/print_service.h"
#include "ports/secret_store.h"

namespace postroom::flows {

// What is stored; secret but for the times.
struct StoredPrintAccount {
  ports::PrintAccount account;
  UtcTime password_changed_at;
  UtcTime api_key_changed_at;
};

// Safe from several threads and processes.
class PrintAccountBook final : public ports::PrintAccounts {
 public:
  static constexpr std::string_view kSecretName = "print-account";
  static constexpr std::size_t kPartBytesMax = 4096;

  // Called with the print house's reason; must be safe from several threads.
  using OnRefusal = std::function<void(std::string_view reason)>;

  PrintAccountBook(ports::SecretStore& secrets, const Clock& clock, OnRefusal on_refusal = {})
      : secrets_(secrets), clock_(clock), on_refusal_(std::move(on_refusal)) {}

  Result<ports::PrintAccount> load() override;
  Result<void> confirm_pending_password(std::string_view password) override;
  void note_refused_login(std::string_view reason) override {
    if (on_refusal_) on_refusal_(reason);
  }

  // rejected, with the remedy, when no account was ever set.
  Result<StoredPrintAccount> find();
  // An operator's word: what is empty keeps its value. invalid_input names what is missing or too long.
  Result<StoredPrintAccount> set(const ports::PrintAccount& given);

  // Each stores one change and leaves the rest as it is by then.
  Result<void> set_pending_password(std::string_view password);
  // Nothing happens when another password is pending by now.
  Result<void> drop_pending_password(std::string_view password);
  Result<void> set_api_key(std::string_view api_key);

 private:
  // False: leave the record as it is.
  using Change = std::function<bool(StoredPrintAccount&)>;
  Result<StoredPrintAccount> change(bool may_be_new, const Change& change);

  ports::SecretStore& secrets_;
  const Clock& clock_;
  OnRefusal on_refusal_;
};

}  // namespace postroom::flows
