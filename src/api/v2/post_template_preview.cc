#include "api/v2/respond.h"
#include "core/notifications/request_json.h"
#include "flows/send/checks.h"

namespace postroom::api::v2 {
namespace {

notifications::Preview render(const flows::LoadedTemplate& text, const content::Personalisation& values) {
  notifications::Preview out;
  if (text.sms) {
    out.body = text.sms->render(values).text;
  } else if (text.email) {
    out.subject = text.email->render_subject(values);
    out.body = text.email->api_body(values);
    out.html = text.email->render_html_fragment(values);
  } else if (text.letter) {
    out.subject = text.letter->api_subject(values);
    out.body = text.letter->api_body(values);
  }
  return out;
}

}  // namespace

http::Response post_template_preview(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto document = request.body.empty() ? Result<json::value>(json::value(json::object{}))
                                       : notifications::parse_request_json(request.body);
  if (!document) return bad_json_response();
  auto id = TemplateId::parse_lenient(request.path_parameter("template_id"));
  auto asked = notifications::parse_preview_request(std::move(*document), request.body);
  notifications::FieldErrors errors;
  if (!id) errors.emplace_back("id is not a valid UUID");
  if (!asked) errors.insert(errors.end(), asked.error().begin(), asked.error().end());
  if (!errors.empty()) return error_response(errors);
  auto text = template_for_reading(api, caller, *id, std::nullopt);
  if (!text) return std::move(text).error();
  auto values = content::Personalisation::from_json(asked->personalisation);
  if (auto complete = flows::check_values(**text, values); !complete) return error_response(complete.error());
  return json_answer(200, notifications::preview_json((*text)->record, render(**text, values)));
}

}  // namespace postroom::api::v2
