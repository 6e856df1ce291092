#include "api/v2/respond.h"

namespace postroom::api::v2 {

http::Response list_templates(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto asked = notifications::parse_template_list_request(request.query);
  if (!asked) return error_response(asked.error());
  auto all = api.send.template_store.list(caller.service->id);
  if (!all) return error_response(all.error());
  std::vector<std::string> items;
  for (notifications::Template& record : *all) {
    if (record.archived || record.hidden || (asked->type && record.type != *asked->type)) continue;
    flows::LoadedTemplate text(std::move(record));
    items.push_back(notifications::template_json(text.record, placeholder_names(text)));
  }
  return json_answer(200, notifications::template_list_json(items));
}

}  // namespace postroom::api::v2
