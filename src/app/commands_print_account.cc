// Our account at the print house's HTTP service. Answers never hold a password or a key.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/direct_print.h"
#include "app/flow_parts.h"
#include "base/text.h"

namespace postroom::app {
namespace {

using letters::HouseCredential;

json::object describe(const flows::StoredPrintAccount& stored) {
  return {{"user", stored.account.user},
          {"password_changed_at", format_rfc3339(stored.password_changed_at)},
          {"api_key_changed_at", format_rfc3339(stored.api_key_changed_at)},
          {"password_change_pending", !stored.account.pending_password.empty()}};
}

// It can be set before the print house is chosen, so that the first start finds it.
Result<json::value> set_account(Parts& parts, const json::object& arguments) {
  flows::PrintAccountBook book(parts.database->secrets(), parts.clock);
  // Files end with a line break, secrets do not.
  const auto part = [&](std::string_view name) {
    return std::string(trim(get_string(arguments, name).value_or("")));
  };
  const ports::PrintAccount given{part("user"), part("password"), "", part("api_key")};
  if (given.user.empty() && given.password.empty() && given.api_key.empty())
    return fail(ErrorKind::invalid_input, "give --user, --password-file or --api-key-file");
  POSTROOM_TRY(stored, book.set(given));
  return json::value(describe(stored));
}

Result<json::value> show_account(Parts& parts, const json::object&) {
  flows::PrintAccountBook book(parts.database->secrets(), parts.clock);
  POSTROOM_TRY(stored, book.find());
  return json::value(describe(stored));
}

Result<json::value> rotate(Parts& parts, const json::object& arguments) {
  if (!parts.flows->direct_print) {
    return fail(ErrorKind::invalid_input,
                "print.provider is not dvla-http: there is no service that a credential could be changed at");
  }
  POSTROOM_TRY(word, required(arguments, "credential"));
  if (word != "password" && word != "api-key")
    return fail(ErrorKind::invalid_input, fmt::format("credential is '{}', but must be password or api-key", word));
  const auto credential = word == "password" ? HouseCredential::password : HouseCredential::api_key;
  POSTROOM_TRY(outcome, parts.flows->direct_print->rotation->run_now(credential));
  POSTROOM_TRY(stored, parts.flows->direct_print->account->find());
  json::object out = describe(stored);
  out["outcome"] = flows::to_string(outcome);
  return json::value(out);
}

}  // namespace

void add_print_account_commands(Commands& commands) {
  commands.add("print-account set", set_account);
  commands.add("print-account show", show_account);
  commands.add("print-account rotate", rotate);
}

}  // namespace postroom::app
