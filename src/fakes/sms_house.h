// Providers of texts that speak HTTP, as a stand-in, more pedantic than the real ones: every field is read, and a
// request that is not exactly as it must be is refused with the fault on record. Used as the client in their place:
// nothing leaves the process.
#pragma once

#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "ports/http_client.h"

namespace postroom::fakes {

enum class SmsHouseKind { mmg, firetext, twilio };

struct SmsHouseOptions {
  SmsHouseKind kind = SmsHouseKind::mmg;
  std::string path = "/send";        // of the URL; twilio has its own
  std::string secret = "secret";     // API key or token
  std::string international_secret;  // firetext; empty: the same for all countries
  std::string account = "AC1";       // twilio
};

struct HouseText {
  std::string to, sender, text, reference, receipt_url;
  std::string id;  // the house's
};

// What the next request meets.
struct HouseTrouble {
  enum class Mode {
    refuse_connection,  // nothing reaches the house
    answer,             // `status` and `body` instead of taking the text
    take_and_cut,       // takes it, and no answer comes
    answer_late,        // takes it; the answer comes after the caller's time-out
  };
  Mode mode = Mode::answer;
  int status = 503;
  std::string body;
};

// Safe from several threads.
class SmsHouse final : public ports::HttpClient {
 public:
  static constexpr std::size_t kTextsMax = 1'000'000;
  explicit SmsHouse(SmsHouseOptions options) : options_(std::move(options)) {}

  Result<ports::HttpResponse> send(const ports::HttpRequest& request) override;

  void trouble(HouseTrouble trouble);
  std::vector<HouseText> texts() const;     // oldest first
  std::vector<std::string> faults() const;  // of requests, one sentence each

 private:
  Result<ports::HttpResponse> answer_to(const ports::HttpRequest& request);
  std::string read(const ports::HttpRequest& request, HouseText& out) const;
  std::string read_mmg(const ports::HttpRequest& request, HouseText& out) const;
  std::string read_firetext(const ports::HttpRequest& request, HouseText& out) const;
  std::string read_twilio(const ports::HttpRequest& request, HouseText& out) const;
  ports::HttpResponse success(const HouseText& text) const;
  ports::HttpResponse refusal(std::string_view fault) const;

  const SmsHouseOptions options_;
  mutable std::mutex mutex_;
  std::deque<HouseTrouble> troubles_;
  std::vector<HouseText> texts_;
  std::vector<std::string> faults_;
};

// Fields of a body of application/x-www-form-urlencoded; nothing unless every character that must be encoded is,
// and no name comes twice.
std::optional<std::vector<std::pair<std::string, std::string>>> strict_form(std::string_view body);

}  // namespace postroom::fakes
