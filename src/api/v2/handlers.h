// The operations of the API: each takes an authenticated caller and a request, and answers. The file of the same
// name holds it. All are safe from several threads.
#pragma once

#include <string_view>

#include "api/public_api.h"

namespace postroom::api::v2 {

using Operation = http::Response (*)(PublicApi& api, const auth::Caller& caller, const http::Request& request);

http::Response post_sms(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response post_email(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response post_letter(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response post_bulk(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response get_job(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response post_job_cancel(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response post_unknown_type(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response post_cancel(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response list_notifications(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response get_notification(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response get_letter_pdf(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response get_template(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response get_template_version(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response list_templates(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response post_template_preview(PublicApi& api, const auth::Caller& caller, const http::Request& request);
http::Response get_received_texts(PublicApi& api, const auth::Caller& caller, const http::Request& request);

// Digits only: what a version in a path must be for the path to exist.
bool is_version_number(std::string_view text);

}  // namespace postroom::api::v2
