// Texts over an SMPP session.
#pragma once

#include "adapters/smpp/session.h"
#include "core/texting/smpp_receipt.h"
#include "ports/sms_gateway.h"

namespace postroom::smpp {

inline constexpr std::string_view kSmpp = "smpp";

// How a text of several parts says so.
enum class Joining {
  header,   // user data header with an 8-bit reference
  sar,      // parameters sar_msg_ref_num and so on
  payload,  // one submit_sm with message_payload: the server splits
};
std::optional<Joining> parse_joining(std::string_view text);

struct GatewayOptions {
  Joining joining = Joining::header;
  texting::smpp::IdForm id_form = texting::smpp::IdForm::same;
  std::string service_type;
  std::chrono::milliseconds timeout{10'000};  // for one part
};

// GSM alphabet where the text allows it, else UCS-2. A receipt is asked for. Refused for good: a number or sender
// the server does not take. A text whose first parts were taken and a later one not leaves doubt: the next try
// sends all of it again under the same reference, so that a phone may put it together once. `session` must outlive
// it.
class SmppGateway final : public ports::SmsGateway {
 public:
  SmppGateway(GatewayOptions options, Session& session) : options_(std::move(options)), session_(session) {}
  std::string_view name() const override { return kSmpp; }
  ports::SmsResult send(const ports::SmsMessage& message) override;

 private:
  GatewayOptions options_;
  Session& session_;
};

// The submit_sm bodies of a text, in order.
std::vector<texting::smpp::Message> submits_of(const ports::SmsMessage& message, const GatewayOptions& options);

}  // namespace postroom::smpp
