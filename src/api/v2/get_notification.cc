#include "api/v2/respond.h"

namespace postroom::api::v2 {

http::Response get_notification(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto found = notification_in_path(api, caller, request);
  if (!found) return std::move(found).error();
  auto content = content_of(api, *found);
  if (!content) return std::move(content).error();
  return json_answer(200, notifications::notification_json(api.wire, *found, *content));
}

}  // namespace postroom::api::v2
