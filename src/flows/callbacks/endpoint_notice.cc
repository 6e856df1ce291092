#include "flows/callbacks/endpoint_notice.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/log.h"
#include "ports/task_names.h"

namespace postroom::flows {
namespace {

std::string_view what_of(accounts::CallbackType type) {
  switch (type) {
    case accounts::CallbackType::delivery: return "delivery receipts";
    case accounts::CallbackType::inbound: return "received texts";
    case accounts::CallbackType::returned: return "returned letters";
    case accounts::CallbackType::complaint: return "complaints";
  }
  return "";
}

}  // namespace

NoticeText notice_text(std::string_view service_name, accounts::CallbackType type, std::string_view why) {
  return {.subject = fmt::format("{}: callbacks for {} are switched off", service_name, what_of(type)),
          .body = fmt::format(
              "We no longer post {} to the address that your service '{}' gave, because {}.\n\n"
              "Messages are sent as before, and nothing is lost: what happens meanwhile is kept. Once your address "
              "answers again, ask whoever runs this platform to switch callbacks on; they can also post again what "
              "you missed.\n\n"
              "For them:\n\n"
              "    postroom callback on \"{}\" --type {} --replay\n",
              what_of(type), service_name, why, service_name, accounts::to_string(type))};
}

std::vector<ports::NewTask> EndpointNotices::tasks(const ports::CallbackEndpoint& endpoint, std::string_view why) {
  std::vector<ports::NewTask> out;
  auto service = services_.find(endpoint.service_id);
  if (!service || mailer_ == nullptr) return out;
  const NoticeText text = notice_text(service->name, endpoint.type, why);
  for (const accounts::TeamMember& member : service->team) {
    out.push_back({.queue = std::string(ports::kSendEmailQueue),
                   .kind = std::string(ports::kTellManagers),
                   .subject = endpoint.service_id.text(),
                   .payload = write_json(
                       json::object{{"to", member.email_address}, {"subject", text.subject}, {"body", text.body}}),
                   .run_at = clock_.now(),
                   .unique_key = {}});
  }
  return out;
}

Result<void> EndpointNotices::send(const ports::ClaimedTask& task) {
  auto parsed = parse_json(task.payload);
  const json::object* object = parsed ? parsed->if_object() : nullptr;
  if (object == nullptr) return fail(ErrorKind::corrupt, "task " + task.id.text() + " holds no mail");
  if (mailer_ == nullptr) return fail(ErrorKind::rejected, "nobody carries emails: set email.provider");
  ports::EmailMessage message;
  message.to = get_string(*object, "to").value_or("");
  message.from_name = sender_.name;
  message.from_address = sender_.address;
  message.subject = get_string(*object, "subject").value_or("");
  message.text_body = get_string(*object, "body").value_or("");
  message.message_reference = "callback-notice-" + task.id.text();
  message.date = clock_.now();
  POSTROOM_TRY(receipt, mailer_->send(message));
  log_info("callback.managers_told", {{"service_id", task.subject}, {"provider", receipt.provider}});
  return {};
}

}  // namespace postroom::flows
