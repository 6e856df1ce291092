#include "api/receipts/answers.h"
#include "api/v2/errors.h"

namespace postroom::api::receiving {
namespace {

// The letter that the token is for; nothing when it is not one of ours.
std::optional<NotificationId> letter_of(const ReceiptsApi& api, const http::Request& request) {
  auto token = request.query_value("token");
  if (!token) return std::nullopt;
  auto value = api.letter_tokens.verify(*token);
  if (!value || !value->is_string()) return std::nullopt;
  return NotificationId::parse(value->get_string());
}

}  // namespace

http::Response letter_status(ReceiptsApi& api, const http::Request& request) {
  auto letter = letter_of(api, request);
  if (!letter) return v2::error_response(403, "InvalidRequest", "The token is missing, or is none of ours");
  auto document = parse_json(request.body);
  if (!document) return v2::bad_json_response();
  auto report = receipts::read_letter_report(*document, *letter);
  if (!report) {
    const bool is_other = report.error().kind == receipts::LetterReportFault::Kind::other_letter;
    return v2::error_response(400, is_other ? "InvalidRequest" : "ValidationError", report.error().messages);
  }
  if (auto kept = api.letters.take(*report); !kept) return v2::error_response(kept.error());
  return http::Response::empty(204);
}

}  // namespace postroom::api::receiving
