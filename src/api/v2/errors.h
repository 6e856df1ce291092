// The one place that says how errors look to callers: which status and class each kind has, and the two layouts of
// the body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "base/result.h"
#include "core/notifications/request_reader.h"
#include "flows/send/refusal.h"
#include "http/message.h"

namespace postroom::api::v2 {

// {"status_code": …, "errors": [{"error": CLASS, "message": …}, …]}
http::Response error_response(int status, std::string_view error_class, const std::vector<std::string>& messages);
http::Response error_response(int status, std::string_view error_class, std::string message);

http::Response error_response(const auth::AuthFailure& failure);
// 400 with one ValidationError for each message.
http::Response error_response(const notifications::FieldErrors& errors);
http::Response error_response(const flows::Refusal& refusal);
// An error of a store or file: 503 when trying again helps, else 500. Details go to the log only.
http::Response error_response(const Error& error);

http::Response bad_json_response();
// 404: a well-formed id of nothing in this service.
http::Response no_result_response();

// Errors from before an operation was chosen. Some clients read `errors` and some `message`, so both are there.
http::Response not_found_response();
http::Response method_not_allowed_response(std::string_view method, std::string_view allow);
http::Response server_refusal_response(int status);

}  // namespace postroom::api::v2
