#include "adapters/tickets/deskpro_desk.h"

#include <fmt/format.h>

#include "adapters/tickets/desk_answer.h"
#include "base/text.h"

namespace postroom::tickets {
namespace {

constexpr std::string_view kLabel = "alert";
constexpr std::string_view kUrgency = "1";

void add_field(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form += name;
  form += '=';
  form += percent_encode(value);
}

}  // namespace

Result<void> DeskproDesk::raise(const ports::Ticket& ticket) {
  ports::HttpRequest request;
  request.method = "POST";
  request.url = options_.base_url + "/api/tickets";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"X-DeskPRO-API-Key", options_.api_key}};
  add_field(request.body, "subject", ticket.subject);
  add_field(request.body, "message", ticket.message);
  add_field(request.body, "label", kLabel);
  add_field(request.body, "urgency", kUrgency);
  if (options_.department_id != 0) add_field(request.body, "department_id", fmt::to_string(options_.department_id));
  if (options_.agent_team_id != 0) add_field(request.body, "agent_team_id", fmt::to_string(options_.agent_team_id));
  add_field(request.body, "person_email", options_.person_email);
  add_field(request.body, "person_name", options_.person_name);
  request.timeout = kDeskTimeout;
  return judge_desk_answer("Deskpro", client_.send(request));
}

}  // namespace postroom::tickets
