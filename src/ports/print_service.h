// The print house that takes letters one by one over HTTP, and the account we have there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace postroom::ports {

// Secret in all its parts; never logged.
struct PrintAccount {
  std::string user;
  std::string password;
  // A password that was asked for and whose change nobody has confirmed yet: the print house knows this one or the
  // other. Empty otherwise.
  std::string pending_password;
  std::string api_key;
};

// Where the account is kept. Safe from several threads.
class PrintAccounts {
 public:
  virtual ~PrintAccounts() = default;
  // rejected, with the remedy, when no account was ever set; else as SecretStore.
  virtual Result<PrintAccount> load() = 0;
  // The print house took the pending password: from now on it is the password.
  virtual Result<void> confirm_pending_password(std::string_view password) = 0;
  // The print house refuses our login: a person is needed.
  virtual void note_refused_login(std::string_view reason) = 0;
};

struct PrintAnswer {
  enum class Kind {
    accepted,
    known_before,  // it has this letter already, from an order whose answer we never saw
    throttled,     // too many at once: not taken, and nobody is to ask before `retry_after`
  };
  Kind kind = Kind::accepted;
  std::optional<Duration> retry_after;
};

// Safe from several threads. Messages name the print house's host and what it said, never credentials or letters.
class PrintService {
 public:
  virtual ~PrintService() = default;
  // Hands over one letter: `body` as letters::print_order_json() made it. retry_later when the print house is away,
  // in trouble, or refuses our login (what is cached of it is forgotten then); rejected when it refuses this letter
  // for good. Ordering a letter twice does no harm: the print house knows it by its id.
  virtual Result<PrintAnswer> submit(const std::string& body) = 0;

  // Logs in with the account as it is stored now. forbidden when the login is refused; else retry_later.
  virtual Result<void> check_login() = 0;
  // Has the print house make a new API key, which is good at once. forbidden when the login is refused; rejected;
  // retry_later.
  virtual Result<std::string> make_api_key() = 0;
  // forbidden when `account` is refused; rejected when the new password is; retry_later: it may be changed or not.
  virtual Result<void> change_password(const PrintAccount& account, std::string_view next) = 0;
};

}  // namespace postroom::ports
