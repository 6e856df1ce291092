// The development inbox: what the sandbox sent, newest first, each message to open. Served only where sandbox
// providers are allowed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "http/router.h"

namespace postroom::web {

struct InboxMessage {
  std::string id;
  std::string notification_id;
  std::string type;  // "email", "sms", "letter"
  std::string to;
  std::string subject;
  std::string body;
  std::string html;
  std::string provider;
  UtcTime time;
  std::string status;  // the notification's, as the API shows it; empty when it is not known
  std::vector<std::string> file_names;
  int page_count = 0;
  std::string zip_name;
};

// Safe from several threads.
class InboxSource {
 public:
  virtual ~InboxSource() = default;
  // Newest first. `type` empty: all.
  virtual std::vector<InboxMessage> newest(std::string_view type, std::size_t limit) = 0;
  virtual std::optional<InboxMessage> find(std::string_view id) = 0;
  virtual Result<std::string> letter_pdf(const InboxMessage& message) = 0;  // not_found when there is none
};

struct InboxOptions {
  std::string environment;  // shown in the page's head
  TimeZone zone;
};

// Routes: / (the list), /inbox/{id}, /inbox/{id}/html, /inbox/{id}/pdf, /assets/inbox.css. `source` must outlive
// the router.
void add_inbox(http::Router& router, InboxSource& source, InboxOptions options);

}  // namespace postroom::web
