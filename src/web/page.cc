#include "web/page.h"

#include <fmt/format.h>

#include "base/text.h"
#include "web/page_style.h"

namespace postroom::web {
namespace {

constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

}  // namespace

std::string page(const PageParts& parts) {
  std::string title = escape_html(parts.title);
  if (parts.has_error) title.insert(0, "Error: ");
  std::string sender = escape_html(parts.sender);
  if (!sender.empty()) title += " – " + sender;
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>{}</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/assets/page.css\">\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#main\">Skip to the content</a>\n"
      "<header><div class=\"bar\"><p class=\"sender\">{}</p></div></header>\n<main id=\"main\">\n{}\n</main>\n{}"
      "</body>\n</html>\n",
      escape_html(parts.language), title, sender.empty() ? "&nbsp;" : sender, parts.content,
      parts.footer.empty() ? "" : "<footer>" + parts.footer + "</footer>\n");
}

void add_page_headers(http::Response& response, std::string_view policy) {
  response.add("Content-Security-Policy", std::string(policy.empty() ? kPagePolicy : policy))
      .add("Cache-Control", "no-store")
      .add("Referrer-Policy", "no-referrer")
      .add("X-Content-Type-Options", "nosniff")
      .add("X-Robots-Tag", "noindex, nofollow");
}

http::Response page_response(int status, const PageParts& parts) {
  auto response = http::Response::html(status, page(parts));
  add_page_headers(response);
  return response;
}

std::string error_summary(std::string_view message, std::string_view field_id) {
  return fmt::format(
      "<div class=\"summary\" role=\"alert\" tabindex=\"-1\"><h2>There is a problem</h2>"
      "<p><a href=\"#{}\">{}</a></p></div>\n",
      escape_html(field_id), escape_html(message));
}

void add_page_style(http::Router& router) {
  router.add("GET", "/assets/page.css", [](const http::Request&) {
    http::Response response;
    response.content_type = "text/css; charset=utf-8";
    response.body = std::string(kPageStyle);
    response.add("Cache-Control", "public, max-age=3600");
    return response;
  });
}

void add_not_found_page(http::Router& router) {
  router.set_not_found([](const http::Request&) {
    return page_response(
        404, {.title = "This page does not exist",
              .content = "<h1>This page does not exist</h1>\n<p class=\"lead\">The address is incomplete or has a "
                         "mistake.</p>\n<p>If you followed a link in an email, your mail program may have cut it: "
                         "open the email again and follow the link from there.</p>"});
  });
}

}  // namespace postroom::web
