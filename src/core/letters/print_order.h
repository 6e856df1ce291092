// One letter as the print house's HTTP service wants it: POST /print-request/v1/print/jobs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "core/notifications/types.h"

namespace postroom::letters {

// In characters; what is longer is cut.
inline constexpr std::size_t kRecipientCharactersMax = 255;
inline constexpr std::size_t kOrderLineCharactersMax = 45;
inline constexpr std::size_t kOrderPostcodeCharactersMax = 10;
inline constexpr std::size_t kOrderCountryCharactersMax = 256;
// Lines beside the recipient's name, postcode and country. A forces' address has the name among them.
inline constexpr std::size_t kOrderLinesMax = 5;
inline constexpr std::size_t kForcesLinesMax = 4;
// How long the print house repeats a report that we do not take, in seconds.
inline constexpr int kReportRetrySeconds = 10'800;

struct PrintOrder {
  NotificationId id;  // the print house's id of the job too: a second order of it is refused as a duplicate
  std::string reference;
  notifications::Postage postage = notifications::Postage::second;
  std::string address;  // as printed, lines joined by \n
  ServiceId service_id;
  std::string organisation;  // its id; empty for none
  std::string callback_url;  // where the print house reports on this letter
};

// "FIRST" and so on; empty for second class, which is the absence of a method.
std::string_view despatch_method(notifications::Postage postage);

// The whole body. The stored postage decides the form of the address, whatever the address says by now.
// invalid_input, without the address in the message, when it has too few lines or its BFPO number is no number.
Result<std::string> print_order_json(const PrintOrder& order, BytesView pdf);

}  // namespace postroom::letters
