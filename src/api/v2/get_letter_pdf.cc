#include "api/v2/respond.h"

namespace postroom::api::v2 {
namespace {

using notifications::NotificationStatus;
using notifications::NotificationType;

// Clients wait and ask again on this class alone.
http::Response not_ready() {
  return error_response(400, "PDFNotReadyError", "The PDF of this letter is not available yet, try again later");
}

}  // namespace

http::Response get_letter_pdf(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto found = notification_in_path(api, caller, request);
  if (!found) return std::move(found).error();
  if (found->type != NotificationType::letter) {
    return error_response(400, "BadRequestError", "Only letters have a PDF, this notification is no letter");
  }
  switch (found->status) {
    case NotificationStatus::virus_scan_failed:
      return error_response(400, "BadRequestError", "The file of this letter did not pass the virus scan");
    case NotificationStatus::technical_failure:
      return error_response(400, "BadRequestError", "Letters in status technical-failure have no PDF");
    case NotificationStatus::pending_virus_check: return not_ready();
    default: break;
  }
  auto pdf = api.letter_files.read(*found);
  if (!pdf) return not_ready();
  return http::Response{.status = 200, .headers = {}, .content_type = "application/pdf", .body = std::move(*pdf)};
}

}  // namespace postroom::api::v2
