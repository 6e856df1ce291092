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

}  // namespace postroom::api::receiving
