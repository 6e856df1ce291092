// Messages that come as rows of a spreadsheet.
#pragma once

#include "base/json.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

struct RowMessage {
  JobId job_id;
  int row = 0;                   // from 0
  std::string recipient;         // number or email address as typed; letters: the address, lines joined by \n
  json::object personalisation;  // as recipients::personalisation_of()
  std::optional<std::string> client_reference;
  std::string from;             // sms: sender, email: reply-to address; empty: the service's default
  std::string created_by_name;  // who started the job
  accounts::KeyType key_type = accounts::KeyType::normal;
  std::optional<ApiKeyId> key_id = std::nullopt;
};

// The row's notification and first task, for NotificationStore::accept_all; nothing is stored here. A text to a
// number that cannot be texted becomes a validation-failed notification without a task, so that the job's report
// shows it. Refusals: the recipient is not one this service may write to, or the row does not fill the template.
// The sheet as a whole was checked before, limits included.
Outcome<ports::Acceptance> accept_row(SendContext& context, const accounts::Service& service,
                                      const LoadedTemplate& text, RowMessage message);

}  // namespace postroom::flows
