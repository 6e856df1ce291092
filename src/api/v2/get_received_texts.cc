#include "api/v2/respond.h"
#include "core/receipts/inbound_text.h"

namespace postroom::api::v2 {
namespace {

constexpr int kPageSize = 250;

}  // namespace

http::Response get_received_texts(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto asked = notifications::parse_received_texts_request(request.query);
  if (!asked) return error_response(asked.error());
  if (api.inbound == nullptr) return json_answer(200, receipts::inbound_texts_json(api.wire, {}));
  std::optional<receipts::InboundTextId> older_than;
  if (asked->older_than) older_than = receipts::InboundTextId(*asked->older_than);
  auto page = api.inbound->list(caller.service->id, older_than, kPageSize);
  if (!page) return error_response(page.error());
  return json_answer(200, receipts::inbound_texts_json(api.wire, *page));
}

}  // namespace postroom::api::v2
