#include "flows/callbacks/inbound_callback.h"

#include "flows/callbacks/webhook_signature.h"
#include "ports/task_names.h"

namespace postroom::flows {

ports::NewTask InboundCallbacks::task_for(const receipts::InboundText& text) {
  return {.queue = std::string(ports::kCallbackQueue),
          .kind = std::string(ports::kSendInboundSms),
          .subject = text.id.text(),
          .payload = {},
          .run_at = text.created_at};
}

Result<std::optional<CallbackSnapshot>> InboundCallbacks::snapshot_of(const ports::ClaimedTask& task) {
  std::optional<CallbackSnapshot> none;
  const auto id = receipts::InboundTextId::parse(task.subject);
  if (!id) return fail(ErrorKind::corrupt, "task " + task.id.text() + " names no received text");
  auto text = texts_.find(*id);
  if (!text && text.error().kind == ErrorKind::not_found) return none;
  if (!text) return fail(std::move(text).error());
  POSTROOM_TRY(config, services_.callback(text->service_id, accounts::CallbackType::inbound));
  if (!config) return none;
  return std::optional(CallbackSnapshot{.id = callback_event_id(ports::kSendInboundSms, task.subject, ""),
                                        .endpoint = {text->service_id, accounts::CallbackType::inbound},
                                        .subject = task.subject,
                                        .url = config->url,
                                        .token = config->bearer_token,
                                        .body = receipts::inbound_callback_json(*text),
                                        .happened_at = text->created_at});
}

}  // namespace postroom::flows
