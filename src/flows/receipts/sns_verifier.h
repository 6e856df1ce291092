// Proof that a message comes from Amazon SNS.
#pragma once

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ttl_cache.h"
#include "core/receipts/sns_message.h"
#include "ports/http_client.h"

namespace postroom::flows {

// Safe from several threads.
class SnsVerifier {
 public:
  // Amazon changes the certificate about once a year.
  static constexpr std::chrono::hours kCertificateLife{24};
  static constexpr std::size_t kCertificatesMax = 64;
  static constexpr std::size_t kCertificateBytesMax = 64 * 1024;

  // `client` must verify the certificates of the servers it talks to: that is what makes theirs worth something.
  SnsVerifier(ports::HttpClient& client, const Clock& clock)
      : client_(client), clock_(clock), certificates_(kCertificateLife, kCertificatesMax) {}

  // forbidden when the signature is not SNS's; retry_later when the certificate cannot be had just now.
  Result<void> check(const receipts::SnsMessage& message);

 private:
  Result<std::shared_ptr<const std::string>> certificate(const std::string& url);

  ports::HttpClient& client_;
  const Clock& clock_;
  TtlCache<std::string, std::string> certificates_;  // PEM text by URL
};

}  // namespace postroom::flows
