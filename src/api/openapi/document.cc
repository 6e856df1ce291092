#include "api/openapi/document.h"

#include <stdexcept>

#include "api/openapi/reference_page.h"

namespace postroom::api {
namespace {

// The page has its styles inside and needs nothing else.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

json::object openapi_document(std::string_view base_url) {
  auto document = parse_json(embedded_openapi_json());
  if (!document) throw std::logic_error("openapi.json does not parse: " + document.error().message);
  json::object out = std::move(document->as_object());
  out["servers"] = json::array{json::object{{"url", base_url}}};
  return out;
}

void add_api_description(http::Router& router, std::string_view base_url) {
  json::object document = openapi_document(base_url);
  router.add("GET", "/openapi.json", [text = write_json(document) + "\n"](const http::Request&) {
    return http::Response::json(200, text);
  });
  router.add("GET", "/docs", [page = reference_page(document)](const http::Request&) {
    return http::Response::html(200, page).add("Content-Security-Policy", std::string(kPagePolicy));
  });
}

}  // namespace postroom::api
