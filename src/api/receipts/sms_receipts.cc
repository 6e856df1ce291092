#include "api/receipts/answers.h"

namespace postroom::api::receiving {
namespace {

http::Response taken(ReceiptsApi& api, const tl::expected<receipts::SmsReceipt, receipts::Faults>& receipt) {
  if (!receipt) return refusal(receipt.error());
  if (auto kept = api.sms.take(*receipt); !kept) return unavailable(kept.error());
  return success();
}

}  // namespace

http::Response mmg_receipt(ReceiptsApi& api, const http::Request& request) {
  if (auto closed = shut_out(api.doors.mmg_receipts, request)) return std::move(*closed);
  return taken(api, receipts::read_mmg_receipt(request.body));
}

http::Response firetext_receipt(ReceiptsApi& api, const http::Request& request) {
  if (auto closed = shut_out(api.doors.firetext_receipts, request)) return std::move(*closed);
  return taken(api, receipts::read_firetext_receipt(form_of(request)));
}

http::Response twilio_receipt(ReceiptsApi& api, const http::Request& request) {
  if (auto closed = shut_out(api.doors.twilio, api.doors.twilio.receipt_url, request)) return std::move(*closed);
  return taken(api, receipts::read_twilio_receipt(form_of(request), request.query_value("reference").value_or("")));
}

http::Response http_receipt(ReceiptsApi& api, const http::Request& request) {
  if (auto closed = shut_out(api.doors.http_receipts, request)) return std::move(*closed);
  if (!may_be_json(request)) return taken(api, receipts::read_custom_receipt(form_of(request), api.http_rules));
  auto document = parse_json(request.body);
  if (!document) return refusal(400, "The body is neither a form nor JSON");
  return taken(api, receipts::read_custom_receipt(*document, api.http_rules));
}

}  // namespace postroom::api::receiving
