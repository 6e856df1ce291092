// PrintService over the print house's HTTP API.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "ports/http_client.h"
#include "ports/print_service.h"

namespace postroom::dvla {

inline constexpr std::chrono::milliseconds kConnectTimeout{5'000};
inline constexpr std::chrono::milliseconds kCallTimeout{60'000};
// A token is not used any more so long before its end.
inline constexpr Duration kTokenMargin = std::chrono::seconds{60};
// After a refused login nobody tries again for so long: a locked account helps nobody.
inline constexpr Duration kLoginPause = std::chrono::seconds{60};

struct DvlaOptions {
  std::string base_url;  // no slash at the end
};

// `client`, `accounts` and `clock` (real time) must outlive it.
class DvlaService final : public ports::PrintService {
 public:
  DvlaService(DvlaOptions options, ports::HttpClient& client, ports::PrintAccounts& accounts, const Clock& clock)
      : options_(std::move(options)), client_(client), accounts_(accounts), clock_(clock) {}

  Result<ports::PrintAnswer> submit(const std::string& body) override;
  Result<void> check_login() override;
  Result<std::string> make_api_key() override;
  Result<void> change_password(const ports::PrintAccount& account, std::string_view next) override;

 private:
  // What calls beside the login carry.
  struct Session {
    std::string token;
    UtcTime expires_at;
    std::string api_key;
  };

  Result<Session> session();
  Result<Session> log_in();  // with the mutex held
  Result<Session> log_in_with(const ports::PrintAccount& account, const std::string& password);
  void forget(const Session& used);
  Result<ports::HttpResponse> call(std::string_view path, std::string body, const Session* session);

  DvlaOptions options_;
  ports::HttpClient& client_;
  ports::PrintAccounts& accounts_;
  const Clock& clock_;

  std::mutex mutex_;  // held while logging in, so that one thread does it for all
  std::optional<Session> session_;
  std::optional<UtcTime> refused_until_;
  std::string refused_login_;  // fingerprint of what was refused; another login may be tried at once
};

}  // namespace postroom::dvla
