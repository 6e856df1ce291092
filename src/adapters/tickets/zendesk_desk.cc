#include "adapters/tickets/zendesk_desk.h"

#include "adapters/tickets/desk_answer.h"
#include "base/bytes.h"
#include "base/json.h"

namespace postroom::tickets {
namespace {

constexpr std::string_view kLettersSending = "letters_sending";

void set_id(json::object& object, std::string_view key, std::int64_t id) {
  if (id != 0) object[key] = id;
}

json::object ticket_json(const ZendeskOptions& options, const ports::Ticket& ticket) {
  json::object body{{"subject", ticket.subject},
                    {"comment", json::object{{"body", ticket.message}, {"public", false}}},
                    {"type", "task"},
                    {"priority", "normal"},
                    {"tags", json::array{options.tag}}};
  set_id(body, "group_id", options.group_id);
  set_id(body, "organization_id", options.organisation_id);
  set_id(body, "ticket_form_id", options.form_id);
  json::array fields;
  if (options.task_type_field_id != 0) {
    fields.push_back(json::object{{"id", options.task_type_field_id}, {"value", ticket.task_type}});
  }
  if (options.technical_field_id != 0) {
    fields.push_back(json::object{{"id", options.technical_field_id}, {"value", "technical"}});
  }
  if (!fields.empty()) body["custom_fields"] = std::move(fields);
  if (ticket.task_type == kLettersSending && !options.print_house_copies.empty()) {
    json::array copies;
    for (const std::string& address : options.print_house_copies) {
      copies.push_back(json::object{{"user_email", address}, {"action", "put"}});
    }
    body["email_ccs"] = std::move(copies);
  }
  return body;
}

}  // namespace

Result<void> ZendeskDesk::raise(const ports::Ticket& ticket) {
  ports::HttpRequest request;
  request.method = "POST";
  request.url = options_.base_url + "/api/v2/tickets.json";
  // Zendesk's form of basic authentication by API token.
  request.headers = {{"Content-Type", "application/json"},
                     {"Authorization", "Basic " + to_base64(options_.user + "/token:" + options_.token)},
                     {"Idempotency-Key", fingerprint(ticket)}};
  request.body = write_json(json::object{{"ticket", ticket_json(options_, ticket)}});
  request.timeout = kDeskTimeout;
  return judge_desk_answer("Zendesk", client_.send(request));
}

}  // namespace postroom::tickets
