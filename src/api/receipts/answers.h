// Answers that the addresses of providers share: {"result": …, "message": …}.
#pragma once

#include <optional>
#include <string_view>

#include "api/receipts/receipts_api.h"
#include "base/result.h"

namespace postroom::api::receiving {

http::Response success();
http::Response refusal(int status, std::string_view message);
// 400 with a list of messages.
http::Response refusal(const receipts::Faults& faults);
// A store or remote that failed: the provider is to come again.
http::Response unavailable(const Error& error);

// Nothing when the caller may come in, else the answer that says why not.
std::optional<http::Response> shut_out(const Door& door, const http::Request& request);

// The same for what Twilio signed; `url` is the address as it knows it.
std::optional<http::Response> shut_out(const TwilioDoor& door, std::string_view url, const http::Request& request);

// The fields of a form; empty when the body is of another type.
receipts::Form form_of(const http::Request& request);
// The Content-Type is that of JSON, or absent.
bool may_be_json(const http::Request& request);

http::Response mmg_receipt(ReceiptsApi& api, const http::Request& request);
http::Response firetext_receipt(ReceiptsApi& api, const http::Request& request);
http::Response twilio_receipt(ReceiptsApi& api, const http::Request& request);
http::Response http_receipt(ReceiptsApi& api, const http::Request& request);
http::Response mmg_text(ReceiptsApi& api, const http::Request& request);
http::Response firetext_text(ReceiptsApi& api, const http::Request& request);
http::Response twilio_text(ReceiptsApi& api, const http::Request& request);
http::Response ses_report(ReceiptsApi& api, const http::Request& request);
http::Response bounce(ReceiptsApi& api, const http::Request& request);
http::Response letter_status(ReceiptsApi& api, const http::Request& request);

}  // namespace postroom::api::receiving
