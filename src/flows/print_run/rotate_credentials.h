// Changes our password and API key at the print house's HTTP service once a month.
#pragma once

#include <mutex>
#include <string>

#include "core/letters/credential_rotation.h"
#include "flows/print_run/print_account.h"
#include "ports/print_service.h"
#include "ports/task_queue.h"
#include "ports/ticket_desk.h"

namespace postroom::flows {

// Must outlive whatever holds it.
struct RotationPorts {
  ports::PrintService& service;
  PrintAccountBook& account;
  ports::LeaseStore& leases;
  ports::StateStore& state;
  ports::TicketDesk& tickets;
  const Clock& clock;
  Random& random;
};

enum class RotationOutcome {
  not_due,
  changed,
  busy,     // another process is at it
  refused,  // for good: a person was told; tried again next month, or by hand
};
std::string_view to_string(RotationOutcome outcome);

// Safe from several threads and processes: one at a time changes one credential.
class CredentialRotation {
 public:
  // Longer than the calls of one change may take together.
  static constexpr Duration kLeaseTime = std::chrono::minutes{5};

  CredentialRotation(RotationPorts ports, bool raises_tickets, std::string environment_name)
      : ports_(ports), raises_tickets_(raises_tickets), environment_name_(std::move(environment_name)) {}

  // On the month's day, once; any other time nothing, but for telling a person when a credential is about to end.
  // retry_later: the next call goes on where this one stopped.
  Result<RotationOutcome> run_if_due(letters::HouseCredential credential);
  // Now, whatever the day: for operators. forbidden and rejected say why the print house refuses.
  Result<RotationOutcome> run_now(letters::HouseCredential credential);
  // Tells a person, once a day, that letters wait because our login is refused.
  void note_refused_login(std::string_view reason);

 private:
  Result<void> change(letters::HouseCredential credential);
  Result<void> change_password();
  Result<void> change_api_key();
  Result<void> keep_api_key(const std::string& key);
  Result<void> warn_of_end(letters::HouseCredential credential, UtcTime changed_at);
  void tell_person(std::string subject, std::string message);

  RotationPorts ports_;
  bool raises_tickets_;
  std::string environment_name_;
  std::mutex mutex_;
  // A key that the print house made and that the store would not take: asking for another would lose this one.
  std::string unsaved_api_key_;
};

}  // namespace postroom::flows
