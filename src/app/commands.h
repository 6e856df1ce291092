// What operators can do, as functions from JSON arguments to a JSON answer. The CLI runs them through the
// control socket of a running server, or by itself on the store when none runs: the same code either way.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "core/accounts/service.h"

namespace postroom::app {

struct Parts;

using CommandFunction = std::function<Result<json::value>(Parts& parts, const json::object& arguments)>;

// "service create" and so on, by name. Built once; safe from several threads.
class Commands {
 public:
  Commands();
  // not_found names the nearest thing to do when there is no such command.
  Result<json::value> run(Parts& parts, std::string_view name, const json::object& arguments) const;
  std::vector<std::string> names() const;

 private:
  friend void add_account_commands(Commands& commands);
  friend void add_callback_commands(Commands& commands);
  friend void add_limit_commands(Commands& commands);
  friend void add_service_commands(Commands& commands);
  friend void add_email_commands(Commands& commands);
  friend void add_mail_commands(Commands& commands);
  friend void add_document_commands(Commands& commands);
  friend void add_inbound_commands(Commands& commands);
  friend void add_message_commands(Commands& commands);
  friend void add_letter_commands(Commands& commands);
  friend void add_printing_commands(Commands& commands);
  friend void add_letter_logo_commands(Commands& commands);
  friend void add_letter_care_commands(Commands& commands);
  friend void add_ready_letter_commands(Commands& commands);
  friend void add_record_commands(Commands& commands);
  friend void add_operation_commands(Commands& commands);
  friend void add_print_account_commands(Commands& commands);
  friend void add_provider_commands(Commands& commands);
  void add(std::string name, CommandFunction function);
  std::map<std::string, CommandFunction, std::less<>> commands_;
};

void add_account_commands(Commands& commands);        // service, key, template
void add_callback_commands(Commands& commands);       // callback
void add_limit_commands(Commands& commands);          // service limits
void add_service_commands(Commands& commands);        // service update, sender, reply-to, template archive
void add_email_commands(Commands& commands);          // service brand, unsubscribe
void add_mail_commands(Commands& commands);           // dkim, email bounce, suppression
void add_document_commands(Commands& commands);       // document
void add_inbound_commands(Commands& commands);        // inbound-number, letters token
void add_message_commands(Commands& commands);        // job, notification
void add_letter_commands(Commands& commands);         // letters
void add_letter_logo_commands(Commands& commands);    // service letter-logo
void add_printing_commands(Commands& commands);       // letters explain, printed, reprint
void add_letter_care_commands(Commands& commands);    // letters cancel and returned, job cancel, retention
void add_ready_letter_commands(Commands& commands);   // letters rescan, resanitise, preview, upload; attachments
void add_print_account_commands(Commands& commands);  // print-account
void add_provider_commands(Commands& commands);       // provider, processing-time
void add_record_commands(Commands& commands);         // letters record-jobs, send-records, build-records
void add_operation_commands(Commands& commands);      // status, doctor, tasks, sandbox

// What limits can be set to.
inline constexpr std::int64_t kRequestsPerMinuteMax = 1'000'000;
inline constexpr std::int64_t kDailyLimitMax = 1'000'000'000;

// Arguments: a required text names itself when missing or empty.
Result<std::string> required(const json::object& arguments, std::string_view name);
// Takes "print_organisation", where it is given.
Result<void> set_print_organisation(accounts::Service& service, const json::object& arguments);
// The names in `permissions`; without any, what a new service gets.
Result<accounts::Permissions> permissions_of(const json::object& arguments);
// A service by id or by name (ignoring case).
Result<accounts::Service> find_service(Parts& parts, const json::object& arguments);

}  // namespace postroom::app
