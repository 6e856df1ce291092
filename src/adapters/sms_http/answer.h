// What an HTTP answer, or its absence, says about a text. Internal to this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ports/http_client.h"
#include "ports/sms_gateway.h"

namespace postroom::sms_http {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr std::chrono::milliseconds kTimeoutDefault{10'000};
constexpr std::chrono::milliseconds kConnectTimeout{3'000};

// Surely not taken: the same or another provider may be asked.
ports::SmsResult not_taken(std::string_view provider, std::string_view what);
// An answer that does not say whether the text was taken.
ports::SmsResult in_doubt(std::string_view provider, std::string_view what);
// Refused for good.
ports::SmsResult refused(std::string_view provider, std::string_view what);
ports::SmsResult taken(std::string_view provider, std::string reference);

struct Exchange {
  // With value: an answer with a 2xx status, for the provider's own rules to read.
  std::optional<ports::HttpResponse> answer;
  // Otherwise what is to be reported.
  ports::SmsResult failure{ports::ProviderReceipt{}};
};
// Sends, and reads what is the same for all providers: no answer, and statuses that speak for themselves. With
// `keeps_400` answers of status 400 to 422 are left to the provider's rules as well, except 401, 403, 404 and 408.
Exchange exchange(std::string_view provider, ports::HttpClient& client, ports::HttpRequest request,
                  std::chrono::milliseconds timeout, bool keeps_400 = false);

// A provider's number for the log; "?" when it is no short plain word.
std::string shown(std::string_view code);

// "07123123123" becomes "447123123123"; what is no national number stays.
std::string international_form(std::string_view sender);

// name=value pairs of application/x-www-form-urlencoded.
std::string form_body(const std::vector<std::pair<std::string_view, std::string>>& fields);

}  // namespace postroom::sms_http
