#include "web/unsubscribe.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"
#include "web/page.h"

namespace postroom::web {
namespace {

constexpr std::string_view kPath = "/unsubscribe/{notification_id}/{token}";
constexpr std::string_view kDonePath = "/unsubscribe/done";

http::Response question(const flows::Subscription& subscription) {
  return page_response(
      200,
      {.title = "Stop these emails?",
       .sender = subscription.service_name,
       .content = fmt::format(
           "<h1>Stop these emails?</h1>\n"
           "<p class=\"lead\">You are about to tell <strong>{}</strong> that you want no more emails like the one "
           "with this link.</p>\n<p>They went to {}.</p>\n"
           "<form method=\"post\"><button class=\"button\" type=\"submit\">Stop these emails</button></form>\n"
           "<p>If you want to keep getting them, close this page. Nothing changes until you press the button.</p>",
           escape_html(subscription.service_name), escape_html(masked_address(subscription.address))),
       .footer = ""});
}

http::Response done_page() {
  return page_response(
      200, {.title = "The sender has been told",
            .sender = "",
            .content = "<h1>The sender has been told</h1>\n<p class=\"lead\">They know that you want no "
                       "more of these emails.</p>\n<p>An email that is already on its way may still reach "
                       "you. You can close this page.</p>",
            .footer = ""});
}

http::Response bad_link_page() {
  return page_response(
      404,
      {.title = "This link does not work",
       .sender = "",
       .content =
           "<h1>This link does not work</h1>\n<p class=\"lead\">Nothing has been changed.</p>\n<ul>\n<li>Your "
           "mail program may have cut the link: open the email and follow the link from there.</li>\n<li>Links "
           "work for one year, and only while the sender keeps a record of the email.</li>\n</ul>\n<p>If you "
           "still get emails you do not want, ask their sender to stop.</p>",
       .footer = ""});
}

http::Response trouble_page(const Error& error) {
  log_error("web.unsubscribe_failed", {{"kind", to_string(error.kind)}, {"error", error.message}});
  bool passes = error.kind == ErrorKind::retry_later;
  auto response = page_response(
      passes ? 503 : 500,
      {.title = "Something went wrong",
       .sender = "",
       .content = "<h1>Something went wrong</h1>\n<p class=\"lead\">We could not do this now. Open the link again "
                  "in a few minutes.</p>",
       .footer = ""});
  if (passes) response.add("Retry-After", "60");
  return response;
}

http::Response answer_error(const Error& error) {
  return error.kind == ErrorKind::not_found ? bad_link_page() : trouble_page(error);
}

http::Response show(flows::UnsubscribeFlow& flow, const http::Request& request) {
  auto subscription = flow.look(request.path_parameter("notification_id"), request.path_parameter("token"));
  return subscription ? question(*subscription) : answer_error(subscription.error());
}

// As a form's body or as one part of a multipart one.
bool is_one_click(const http::Request& request) { return request.body.find("One-Click") != std::string::npos; }

http::Response store(flows::UnsubscribeFlow& flow, const http::Request& request) {
  auto subscription = flow.request(request.path_parameter("notification_id"), request.path_parameter("token"));
  if (!subscription) return answer_error(subscription.error());
  if (is_one_click(request)) return http::Response::text(200, "The sender has been told.\n");
  return http::Response::redirect(303, std::string(kDonePath));
}

}  // namespace

std::string masked_address(std::string_view address) {
  std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) return "…";
  std::size_t first_end = 0;
  next_code_point(address, first_end);
  return std::string(address.substr(0, first_end)) + "…" + std::string(address.substr(at));
}

void add_unsubscribe(http::Router& router, flows::UnsubscribeFlow& flow) {
  router.add("GET", kPath, [&flow](const http::Request& r) { return show(flow, r); });
  router.add("POST", kPath, [&flow](const http::Request& r) { return store(flow, r); });
  router.add("GET", kDonePath, [](const http::Request&) { return done_page(); });
}

}  // namespace postroom::web
