#include "api/unsubscribe.h"

#include "api/v2/errors.h"
#include "core/notifications/json_writer.h"

namespace postroom::api {
namespace {

constexpr std::string_view kPath = "/unsubscribe/{notification_id}/{token}";

http::Response bad_link_response(const std::string& reason) {
  notifications::JsonWriter body;
  body.open().text("result", "error").open("message").text("unsubscribe request", reason).close().close();
  return http::Response::json(404, body.take() + "\n");
}

http::Response post_unsubscribe(flows::UnsubscribeFlow& flow, const http::Request& request) {
  auto done = flow.request(request.path_parameter("notification_id"), request.path_parameter("token"));
  if (done) {
    notifications::JsonWriter body;
    body.open().text("result", "success").text("message", "The sender is told to send no more such emails").close();
    return http::Response::json(200, body.take() + "\n");
  }
  if (done.error().kind == ErrorKind::not_found) return bad_link_response(done.error().message);
  return v2::error_response(done.error());
}

http::Response lead_to_page(const flows::UnsubscribeLinks& links, const http::Request& request) {
  std::string page = links.page_of(request.path_parameter("notification_id"), request.path_parameter("token"));
  if (page.empty()) return v2::not_found_response();
  return http::Response::redirect(303, std::move(page));
}

}  // namespace

void add_unsubscribe(http::Router& router, flows::UnsubscribeFlow& flow, const flows::UnsubscribeLinks& links) {
  router.add("POST", kPath, [&flow](const http::Request& r) { return post_unsubscribe(flow, r); });
  router.add("GET", kPath, [&links](const http::Request& r) { return lead_to_page(links, r); });
}

}  // namespace postroom::api
