#include "api/v2/respond.h"

namespace postroom::api::v2 {
namespace {

constexpr int kPageSize = 250;

}  // namespace

http::Response list_notifications(PublicApi& api, const auth::Caller& caller, const http::Request& request) {
  auto asked = notifications::parse_list_request(request.query);
  if (!asked) return error_response(asked.error());
  ports::NotificationQuery query{.service_id = caller.service->id,
                                 .key_type = caller.key_type,
                                 .types = asked->types,
                                 .statuses = asked->statuses,
                                 .client_reference = asked->reference,
                                 .job_id = asked->job_id,
                                 .include_jobs = asked->include_jobs,
                                 .older_than = asked->older_than,
                                 .limit = kPageSize};
  auto page = api.send.notifications.list(query);
  if (!page) return error_response(page.error());
  std::vector<std::string> items;
  items.reserve(page->size());
  for (const notifications::Notification& n : *page) {
    auto content = content_of(api, n);
    if (!content) return std::move(content).error();
    items.push_back(notifications::notification_json(api.wire, n, *content));
  }
  std::optional<NotificationId> last;
  if (!page->empty()) last = page->back().id;
  return json_answer(200, notifications::notification_list_json(api.wire, items, *asked, last));
}

}  // namespace postroom::api::v2
