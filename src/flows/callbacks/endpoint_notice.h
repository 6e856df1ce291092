// Tells a service's people by email that callbacks to it were switched off.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "ports/account_store.h"
#include "ports/callback_store.h"
#include "ports/mailer.h"
#include "ports/task_queue.h"

namespace postroom::flows {

struct NoticeSender {
  std::string name;
  std::string address;
};

struct NoticeText {
  std::string subject;
  std::string body;
};
// `why` as in the log. Nothing personal.
NoticeText notice_text(std::string_view service_name, accounts::CallbackType type, std::string_view why);

// Safe from several threads.
class EndpointNotices {
 public:
  // `mailer` may be null: nobody is told then.
  EndpointNotices(ports::ServiceStore& services, ports::Mailer* mailer, const Clock& clock, NoticeSender sender)
      : services_(services), mailer_(mailer), clock_(clock), sender_(std::move(sender)) {}

  // One task for each member of the service's team; none when the service is not to be had.
  std::vector<ports::NewTask> tasks(const ports::CallbackEndpoint& endpoint, std::string_view why);
  // Sends the mail of one task. Errors as Mailer::send().
  Result<void> send(const ports::ClaimedTask& task);

 private:
  ports::ServiceStore& services_;
  ports::Mailer* mailer_;
  const Clock& clock_;
  NoticeSender sender_;
};

}  // namespace postroom::flows
