// Mailer over a provider that takes JSON in a form that settings describe.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/json.h"
#include "ports/http_client.h"
#include "ports/mailer.h"
#include "ports/message_text.h"

namespace postroom::email_http {

// What stands between double parentheses in the form's strings.
inline constexpr std::string_view kPlaceholders[] = {"to",          "from_address", "from_name", "reply_to",
                                                     "subject",     "text",         "html",      "unsubscribe_url",
                                                     "return_path", "reference",    "raw"};

struct JsonMailerOptions {
  std::string url;
  std::string authorization;  // the header's whole value, such as "Bearer …"; empty: none
  // An object whose strings may have ((placeholders)). A member that is nothing but an empty value is left out.
  // ((raw)) is the message as it would go over SMTP, in base64.
  json::object form;
  std::string id_member;  // of the answer, as "message.id": what the provider calls the email; empty: nothing
  std::chrono::milliseconds timeout{30'000};
};

// invalid_input: no JSON object, or a placeholder that is none of kPlaceholders, naming it.
Result<json::object> parse_form(std::string_view text);

class JsonMailer final : public ports::Mailer {
 public:
  // All must outlive it.
  JsonMailer(JsonMailerOptions options, ports::MessageWriter& writer, ports::HttpClient& client);

  std::string_view name() const override { return "http"; }
  // Any 2xx: taken. 400, 413 and 422: invalid_input, this email is never taken. Everything else: retry_later.
  Result<ports::ProviderReceipt> send(const ports::EmailMessage& message) override;

 private:
  const JsonMailerOptions options_;
  const bool needs_raw_;
  ports::MessageWriter& writer_;
  ports::HttpClient& client_;
};

}  // namespace postroom::email_http
