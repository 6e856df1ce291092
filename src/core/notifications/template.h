// A version of a template. Versions never change; an edit makes the next one.
#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "core/notifications/types.h"

namespace postroom::notifications {

struct Template {
  TemplateId id;
  ServiceId service_id;
  int version = 1;  // from 1, without gaps
  NotificationType type = NotificationType::sms;
  std::string name;
  std::string subject;  // email and letter
  std::string content;  // source with placeholders, original newlines
  bool archived = false;
  bool hidden = false;                // the template behind precompiled letters
  bool has_unsubscribe_link = false;  // emails only
  std::optional<Postage> postage;     // letters only
  std::string contact_block;          // letters: sender's lines; may have placeholders; empty: none
  bool welsh_first = false;           // letters: Welsh part before the English one
  std::string welsh_subject;
  std::string welsh_content;
  std::string attachment;  // letters: id of the PDF behind each of them; empty: none
  int attachment_pages = 0;
  std::string created_by;             // email address of this version's author
  UtcTime created_at;                 // of version 1
  std::optional<UtcTime> updated_at;  // of this version; none for version 1

  friend bool operator==(const Template&, const Template&) = default;
};

json::object to_json(const Template& text);
Result<Template> template_from_json(const json::object& document);

}  // namespace postroom::notifications
