#include <fmt/format.h>

#include <initializer_list>

#include "adapters/tickets/deskpro_desk.h"
#include "adapters/tickets/email_desk.h"
#include "adapters/tickets/zendesk_desk.h"
#include "app/parts.h"
#include "app/settings.h"
#include "app/ticket_settings.h"
#include "base/log.h"
#include "base/text.h"

namespace postroom::app {
namespace {

// Every ticket ends in the log, which then holds all of it.
class NoDesk final : public ports::TicketDesk {
 public:
  std::string_view name() const override { return "none"; }
  Result<void> raise(const ports::Ticket&) override {
    return fail(ErrorKind::rejected, "there is no support desk: set tickets.desk");
  }
};

Result<void> require_settings(const Settings& settings, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (!settings.text(name).empty()) continue;
    return fail(ErrorKind::invalid_input,
                fmt::format("tickets.desk is '{}', which needs {}: set it", settings.text("tickets.desk"), name));
  }
  return {};
}

Result<std::string> desk_url(const Settings& settings) {
  std::string url = settings.text("tickets.url");
  while (url.ends_with('/')) url.pop_back();
  const bool loopback = url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
  if (url.starts_with("https://") || loopback) return url;
  return fail(ErrorKind::invalid_input,
              fmt::format("setting 'tickets.url' is '{}', but must be https://host, so that the token stays secret",
                          settings.text("tickets.url")));
}

Result<std::unique_ptr<ports::TicketDesk>> zendesk(Parts& parts) {
  const Settings& settings = parts.settings;
  POSTROOM_CHECK(require_settings(settings, {"tickets.url", "tickets.user", "tickets.token"}));
  POSTROOM_TRY(url, desk_url(settings));
  tickets::ZendeskOptions options{.base_url = std::move(url),
                                  .user = settings.text("tickets.user"),
                                  .token = settings.text("tickets.token"),
                                  .tag = settings.text("tickets.tag"),
                                  .group_id = settings.integer("tickets.group"),
                                  .organisation_id = settings.integer("tickets.organisation"),
                                  .form_id = settings.integer("tickets.form"),
                                  .task_type_field_id = settings.integer("tickets.task_type_field"),
                                  .technical_field_id = settings.integer("tickets.technical_field"),
                                  .print_house_copies = list_of(settings.text("tickets.print_house_copies"))};
  return std::make_unique<tickets::ZendeskDesk>(std::move(options), *parts.operator_client);
}

Result<std::unique_ptr<ports::TicketDesk>> deskpro(Parts& parts) {
  const Settings& settings = parts.settings;
  POSTROOM_CHECK(require_settings(settings, {"tickets.url", "tickets.token", "tickets.person_email"}));
  POSTROOM_TRY(url, desk_url(settings));
  tickets::DeskproOptions options{.base_url = std::move(url),
                                  .api_key = settings.text("tickets.token"),
                                  .department_id = settings.integer("tickets.department"),
                                  .agent_team_id = settings.integer("tickets.group"),
                                  .person_name = settings.text("tickets.person_name"),
                                  .person_email = settings.text("tickets.person_email")};
  return std::make_unique<tickets::DeskproDesk>(std::move(options), *parts.operator_client);
}

Result<std::unique_ptr<ports::TicketDesk>> email_desk(Parts& parts) {
  const Settings& settings = parts.settings;
  POSTROOM_CHECK(require_settings(settings, {"tickets.email_to", "tickets.person_email"}));
  if (!parts.mailer) {
    return fail(ErrorKind::invalid_input,
                "tickets.desk is 'email', which needs an email provider: set email.provider");
  }
  tickets::EmailDeskOptions options{.to = settings.text("tickets.email_to"),
                                    .from_name = settings.text("tickets.person_name"),
                                    .from_address = settings.text("tickets.person_email")};
  return std::make_unique<tickets::EmailDesk>(std::move(options), *parts.mailer, parts.clock);
}

}  // namespace

Result<std::unique_ptr<ports::TicketDesk>> build_ticket_desk(Parts& parts) {
  const std::string& choice = parts.settings.text("tickets.desk");
  if (choice == "zendesk") return zendesk(parts);
  if (choice == "deskpro") return deskpro(parts);
  if (choice == "email") return email_desk(parts);
  if (choice == "sandbox" && !parts.outbox) {
    return fail(ErrorKind::invalid_input,
                fmt::format("tickets.desk is 'sandbox', which environment {} does not allow: set it to zendesk, "
                            "deskpro, email or none",
                            to_string(environment_of(parts.settings))));
  }
  if (choice != "none" && parts.outbox) {
    auto desk = std::make_unique<fakes::SandboxTicketDesk>(parts.clock);
    parts.sandbox_tickets = desk.get();
    return desk;
  }
  return std::make_unique<NoDesk>();
}

void warn_without_ticket_desk(const Parts& parts) {
  if (dynamic_cast<const NoDesk*>(parts.tickets.get()) == nullptr) return;
  if (!parts.settings.flag("flags.raises_tickets")) return;
  log_warning("tickets.no_desk", {{"message",
                                   "alerts go to the log only: set tickets.desk so that a person sees when letters "
                                   "are missing"}});
}

}  // namespace postroom::app
