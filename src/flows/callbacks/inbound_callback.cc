#include "flows/callbacks/inbound_callback.h"

#include "flows/callbacks/service_post.h"
#include "ports/task_names.h"

namespace postroom::flows {

ports::NewTask InboundCallbacks::task_for(const receipts::InboundText& text) {
  return {.queue = std::string(ports::kCallbackQueue),
          .kind = std::string(ports::kSendInboundSms),
          .subject = text.id.text(),
          .payload = {},
          .run_at = text.created_at};
}

Result<void> InboundCallbacks::send(ports::HttpClient& client, receipts::InboundTextId id) {
  auto text = texts_.find(id);
  if (!text && text.error().kind == ErrorKind::not_found) return {};
  if (!text) return fail(std::move(text).error());
  POSTROOM_TRY(config, services_.callback(text->service_id, accounts::CallbackType::inbound));
  if (!config) return {};
  return post_to_service(client, config->url, config->bearer_token, receipts::inbound_callback_json(*text));
}

}  // namespace postroom::flows
