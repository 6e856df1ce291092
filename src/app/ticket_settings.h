// The settings of support desks, and the desk they ask for.
#pragma once

#include <memory>

#include "base/settings.h"
#include "ports/ticket_desk.h"

namespace postroom::app {

struct Parts;

inline constexpr SettingSpec kTicketSettings[] = {
    {"tickets.desk", SettingType::choice, "automatic",
     "Where alerts go that a person must see. none: errors in the log only. automatic: sandbox where sandbox "
     "providers are allowed, else none.",
     INT64_MIN, INT64_MAX, "automatic sandbox zendesk deskpro email none"},
    {"tickets.url", SettingType::text, "", "zendesk, deskpro: https://NAME.zendesk.com, without a path."},
    {"tickets.user", SettingType::text, "", "zendesk: email address of the agent who owns the API token."},
    {"tickets.token", SettingType::text, "", "zendesk, deskpro: the API token.", INT64_MIN, INT64_MAX, "", true},
    {"tickets.tag", SettingType::text, "postroom", "zendesk: tag on every ticket."},
    {"tickets.group", SettingType::integer, "0", "zendesk: id of the group; deskpro: of the agent team. 0: none.",
     0},
    {"tickets.department", SettingType::integer, "0", "deskpro: id of the department. 0: none.", 0},
    {"tickets.organisation", SettingType::integer, "0", "zendesk: id of the organisation. 0: none.", 0},
    {"tickets.form", SettingType::integer, "0", "zendesk: id of the ticket form. 0: none.", 0},
    {"tickets.task_type_field", SettingType::integer, "0",
     "zendesk: id of the custom field that gets the kind of task, such as letters_sending. 0: none.", 0},
    {"tickets.technical_field", SettingType::integer, "0",
     "zendesk: id of the custom field that gets the word technical. 0: none.", 0},
    {"tickets.print_house_copies", SettingType::text, "",
     "zendesk: addresses, separated by commas, that get a copy of tickets about letters still sending."},
    {"tickets.person_name", SettingType::text, "Postroom", "deskpro: whose tickets these are; email: the sender."},
    {"tickets.person_email", SettingType::text, "", "deskpro: that person's address; email: the sender's address."},
    {"tickets.email_to", SettingType::text, "", "email: the support address."},
};

// Where flags.raises_tickets is off the desk is never asked. invalid_input names the setting and the remedy.
Result<std::unique_ptr<ports::TicketDesk>> build_ticket_desk(Parts& parts);
// Logs it where alerts reach no desk though the environment raises tickets. For when everything else was built: a
// setting that stops the program is then the only thing said.
void warn_without_ticket_desk(const Parts& parts);

}  // namespace postroom::app
