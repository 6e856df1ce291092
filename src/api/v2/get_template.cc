#include <algorithm>
#include <limits>

#include "api/v2/respond.h"
#include "base/text.h"

namespace postroom::api::v2 {
namespace {

http::Response answer(PublicApi& api, const auth::Caller& caller, const http::Request& request,
                      std::optional<int> version) {
  auto id = TemplateId::parse_lenient(request.path_parameter("template_id"));
  if (!id) return error_response(400, "ValidationError", "id is not a valid UUID");
  auto text = template_for_reading(api, caller, *id, version);
  if (!text) return std::move(text).error();
  return json_answer(200, notifications::template_json((*text)->record, placeholder_names(**text)));
}

}  // namespace

bool is_version_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_ascii_digit);
}

http::Response get_template(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  return answer(api, caller, request, std::nullopt);
}

http::Response get_template_version(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto version = parse_int<std::int64_t>(request.path_parameter("version"));
  if (!version || *version > std::numeric_limits<std::int32_t>::max()) {
    return error_response(404, "DataError", "No template has a version number that large");
  }
  if (*version == 0) return answer(api, caller, request, std::nullopt);
  return answer(api, caller, request, static_cast<int>(*version));
}

}  // namespace postroom::api::v2
