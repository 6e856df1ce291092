// Mailer over Amazon SES, API version 2: each email whole, as we wrote and signed it.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "core/aws/signature.h"
#include "ports/http_client.h"
#include "ports/mailer.h"
#include "ports/message_text.h"

namespace postroom::email_http {

struct SesOptions {
  std::string region;    // "eu-west-2"
  std::string endpoint;  // empty: https://email.REGION.amazonaws.com
  aws::AwsCredentials credentials;
  std::string configuration_set;  // what decides where reports go; empty: the account's default
  std::chrono::milliseconds timeout{30'000};
};

class SesMailer final : public ports::Mailer {
 public:
  // All must outlive it. `real_time`: Amazon refuses calls whose time is off.
  SesMailer(SesOptions options, ports::MessageWriter& writer, ports::HttpClient& client, const Clock& real_time);

  std::string_view name() const override { return "ses"; }
  // invalid_input also for an email that SES refuses; a refused account is retry_later: it says nothing about the
  // email.
  Result<ports::ProviderReceipt> send(const ports::EmailMessage& message) override;

 private:
  const SesOptions options_;
  std::string host_, url_;
  ports::MessageWriter& writer_;
  ports::HttpClient& client_;
  const Clock& clock_;
};

}  // namespace postroom::email_http
