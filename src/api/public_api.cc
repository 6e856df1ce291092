#include "api/public_api.h"

#include "api/unsubscribe.h"
#include "api/v2/errors.h"
#include "api/v2/handlers.h"

namespace postroom::api {
namespace {

using v2::Operation;

// Nobody learns anything from an operation before proving who they are.
http::Handler for_callers(PublicApi& api, Operation operation) {
  return [&api, operation](const http::Request& request) {
    auto caller = api.authenticator.authenticate(request.header("Authorization"));
    if (!caller) return v2::error_response(caller.error());
    return operation(api, *caller, request);
  };
}

// What an address can do is for callers too, where what it does is.
http::Response options_response(PublicApi& api, const http::Request& request, const std::string& allow) {
  if (request.path.starts_with("/v2/")) {
    auto caller = api.authenticator.authenticate(request.header("Authorization"));
    if (!caller) return v2::error_response(caller.error());
  }
  return http::Response::empty(200).add("Allow", allow);
}

}  // namespace

void add_public_api(http::Router& router, PublicApi& api) {
  auto add = [&](std::string_view method, std::string_view pattern, Operation operation) {
    router.add(method, pattern, for_callers(api, operation));
  };
  add("POST", "/v2/notifications/sms", v2::post_sms);
  add("POST", "/v2/notifications/email", v2::post_email);
  add("POST", "/v2/notifications/letter", v2::post_letter);
  if (api.bulk != nullptr) {
    add("POST", kBulkPath, v2::post_bulk);
    add("GET", "/v2/jobs/{job_id}", v2::get_job);
    add("POST", "/v2/jobs/{job_id}/cancel", v2::post_job_cancel);
  }
  add("POST", "/v2/notifications/{type}", v2::post_unknown_type);
  add("POST", "/v2/notifications/{notification_id}/cancel", v2::post_cancel);
  add("GET", "/v2/notifications", v2::list_notifications);
  add("GET", "/v2/notifications/{notification_id}", v2::get_notification);
  add("GET", "/v2/notifications/{notification_id}/pdf", v2::get_letter_pdf);
  add("GET", "/v2/template/{template_id}", v2::get_template);
  // Paths whose version is not a number do not exist, for anybody.
  router.add("GET", "/v2/template/{template_id}/version/{version}",
             [handler = for_callers(api, v2::get_template_version)](const http::Request& request) {
               if (!v2::is_version_number(request.path_parameter("version"))) return v2::not_found_response();
               return handler(request);
             });
  add("POST", "/v2/template/{template_id}/preview", v2::post_template_preview);
  add("GET", "/v2/templates", v2::list_templates);
  add("GET", "/v2/received-text-messages", v2::get_received_texts);
  if (api.unsubscribe != nullptr) add_unsubscribe(router, *api.unsubscribe, *api.unsubscribe_links);
  router.set_fallback([](const http::Request&) { return v2::not_found_response(); },
                      [&api](const http::Request& request, const std::string& allow) {
                        if (request.method == "OPTIONS") return options_response(api, request, allow);
                        return v2::method_not_allowed_response(request.method, allow);
                      });
}

http::HeaderList public_api_headers() {
  return {{"Access-Control-Allow-Origin", "*"},
          {"Access-Control-Allow-Headers", "Content-Type,Authorization"},
          {"Access-Control-Allow-Methods", "GET,PUT,POST,DELETE"},
          {"X-Content-Type-Options", "nosniff"},
          {"X-Frame-Options", "SAMEORIGIN"},
          {"X-Permitted-Cross-Domain-Policies", "none"},
          {"Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"},
          {"Cache-Control", "no-store, no-cache, private, must-revalidate"}};
}

http::Response public_api_refusal(int status, const http::Request&) { return v2::server_refusal_response(status); }

}  // namespace postroom::api
