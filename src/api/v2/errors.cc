#include "api/v2/errors.h"

#include "base/log.h"
#include "core/notifications/json_writer.h"

namespace postroom::api::v2 {
namespace {

using notifications::JsonWriter;

struct WireError {
  int status;
  std::string_view error_class;
};

WireError wire_error(flows::RefusalKind kind) {
  using flows::RefusalKind;
  switch (kind) {
    case RefusalKind::validation: return {400, "ValidationError"};
    case RefusalKind::bad_request: return {400, "BadRequestError"};
    case RefusalKind::forbidden: return {403, "BadRequestError"};
    case RefusalKind::invalid_phone: return {400, "InvalidPhoneError"};
    case RefusalKind::too_many_requests: return {429, "RateLimitError"};
    case RefusalKind::daily_limit_reached: return {429, "TooManyRequestsError"};
    case RefusalKind::conflict:
    case RefusalKind::repeated: return {409, "ConflictError"};
    case RefusalKind::unavailable: return {503, "ServiceUnavailableError"};
    case RefusalKind::internal: return {500, "InternalServerError"};
  }
  return {500, "InternalServerError"};
}

http::Response json_response(int status, JsonWriter& body) {
  std::string text = body.take();
  text += '\n';
  return http::Response::json(status, std::move(text));
}

// Both layouts in one body.
http::Response union_response(int status, std::string_view error_class, std::string_view message) {
  JsonWriter body;
  body.open().text("result", "error").text("message", message).number("status_code", status).open_array("errors");
  JsonWriter item;
  item.open().text("error", error_class).text("message", message).close();
  body.raw_item(item.take()).close_array().close();
  return json_response(status, body);
}

std::string error_item(std::string_view error_class, std::string_view message,
                       const std::optional<flows::QrCodeTooLong>& qr_code) {
  JsonWriter item;
  item.open().text("error", error_class).text("message", message);
  if (qr_code) {
    item.text("data", qr_code->data)
        .number("num_bytes", static_cast<std::int64_t>(qr_code->bytes))
        .number("max_bytes", static_cast<std::int64_t>(qr_code->bytes_max));
  }
  item.close();
  return item.take();
}

http::Response error_items(int status, std::string_view error_class, const std::vector<std::string>& messages,
                           const std::optional<flows::QrCodeTooLong>& qr_code) {
  JsonWriter body;
  body.open().number("status_code", status).open_array("errors");
  for (const std::string& message : messages) body.raw_item(error_item(error_class, message, qr_code));
  body.close_array().close();
  return json_response(status, body);
}

}  // namespace

http::Response error_response(int status, std::string_view error_class, const std::vector<std::string>& messages) {
  return error_items(status, error_class, messages, std::nullopt);
}

http::Response error_response(int status, std::string_view error_class, std::string message) {
  return error_response(status, error_class, std::vector<std::string>{std::move(message)});
}

http::Response error_response(const auth::AuthFailure& failure) {
  if (failure.fault == auth::AuthFault::unavailable) {
    return error_response(failure.status, "ServiceUnavailableError", failure.message).add("Retry-After", "1");
  }
  return error_response(failure.status, "AuthError", failure.message);
}

http::Response error_response(const notifications::FieldErrors& errors) {
  return error_response(400, "ValidationError", errors);
}

http::Response error_response(const flows::Refusal& refusal) {
  WireError error = wire_error(refusal.kind);
  http::Response response = error_items(error.status, error.error_class, refusal.messages, refusal.qr_code);
  if (refusal.retry_after) {
    auto seconds = std::chrono::ceil<std::chrono::seconds>(*refusal.retry_after).count();
    const std::string wait = std::to_string(std::max<std::int64_t>(seconds, 1));
    response.add("Retry-After", wait);
    if (refusal.limit) {
      response.add("RateLimit-Limit", std::to_string(*refusal.limit))
          .add("RateLimit-Remaining", "0")
          .add("RateLimit-Reset", wait);
    }
  } else if (refusal.kind == flows::RefusalKind::unavailable) {
    response.add("Retry-After", "1");
  }
  return response;
}

http::Response error_response(const Error& error) {
  log_error("api.failed", {{"kind", to_string(error.kind)}, {"error", error.message}});
  if (error.kind == ErrorKind::retry_later) {
    return error_response(503, "ServiceUnavailableError", "The data is not available, try again in a few seconds")
        .add("Retry-After", "1");
  }
  return error_response(500, "InternalServerError", "Internal server error");
}

http::Response bad_json_response() {
  return error_response(400, "BadRequestError", "The POST data is not valid JSON in UTF-8");
}

http::Response no_result_response() { return error_response(404, "NoResultFound", "No result found"); }

http::Response not_found_response() {
  return union_response(404, "NotFound", "There is nothing at this address, check its spelling");
}

http::Response method_not_allowed_response(std::string_view method, std::string_view allow) {
  return union_response(
      405, "MethodNotAllowed",
      "The method " + std::string(method) + " is not allowed here, use one of " + std::string(allow));
}

http::Response server_refusal_response(int status) {
  switch (status) {
    case 408: return union_response(408, "RequestTimeout", "The request took too long to arrive");
    case 413: return union_response(413, "RequestEntityTooLarge", "The request is too large, send a smaller body");
    case 431: return union_response(431, "RequestHeaderFieldsTooLarge", "The headers of the request are too large");
    case 501: return union_response(501, "NotImplemented", "The transfer coding of the request is not known here");
    case 503:
      return union_response(503, "ServiceUnavailableError", "The server is busy, try again in a few seconds");
    case 500: return union_response(500, "InternalServerError", "Internal server error");
    default: return union_response(status, "BadRequestError", "The request is not well-formed HTTP");
  }
}

}  // namespace postroom::api::v2
