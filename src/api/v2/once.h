// What every request to send begins with: the limits, and the answer that was given to the same request before.
#pragma once

#include <memory>

#include "api/running_keys.h"
#include "api/v2/respond.h"

namespace postroom::api::v2 {

// Characters of an Idempotency-Key.
inline constexpr std::size_t kIdempotencyKeyMax = 255;

// A request with an idempotency key, from when it is looked at until it is answered.
class OnceUnderWay {
 public:
  OnceUnderWay(flows::Once once, RunningKeys& running, std::string running_key)
      : once_(std::move(once)), running_(running), running_key_(std::move(running_key)) {}
  ~OnceUnderWay() { running_.remove(running_key_); }
  OnceUnderWay(const OnceUnderWay&) = delete;
  OnceUnderWay& operator=(const OnceUnderWay&) = delete;
  const flows::Once& once() const { return once_; }

 private:
  const flows::Once once_;
  RunningKeys& running_;
  const std::string running_key_;
};

// Must outlive what is done with the sender.
struct BegunRequest {
  flows::Sender sender;
  std::unique_ptr<OnceUnderWay> once;  // null: the request has no key
};
struct BegunSend {
  flows::Sender sender;
  std::unique_ptr<OnceUnderWay> once;
  json::value document;
};

// Asks the limit on requests. A key that was answered gets that answer again; one that is being answered gets 409,
// one of another request 422.
Or<BegunRequest> begin_request(PublicApi& api, const auth::Caller& caller, const http::Request& request);
// The same, then asks the limit of the day and parses the body.
Or<BegunSend> begin_send(PublicApi& api, const auth::Caller& caller, const http::Request& request,
                         notifications::NotificationType type);
// The answer to a refusal: of a request that another process has answered meanwhile, that answer.
http::Response refused(PublicApi& api, const flows::Sender& sender, const flows::Refusal& refusal);

}  // namespace postroom::api::v2
