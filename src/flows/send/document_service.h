// Where files that travel by email as links are kept.
#pragma once

#include <string>
#include <string_view>

#include "core/accounts/service.h"
#include "core/notifications/requests.h"
#include "flows/send/refusal.h"

namespace postroom::flows {

struct DocumentUpload {
  const accounts::Service& service;
  NotificationId notification;  // of the message that will hold the link
  const notifications::FileRequest& file;
  std::string_view recipient;  // normalised email address
  UtcTime sent_at;             // from when on the file can be downloaded, for as long as it says
};

// Safe from several threads.
class DocumentService {
 public:
  virtual ~DocumentService() = default;
  // Stores the file and gives the address of its download page. bad_request with a message for the caller when the
  // file is refused (not base64, type not allowed, too big, infected); unavailable. A file whose message is not
  // stored in the end goes by itself.
  virtual Outcome<std::string> upload(const DocumentUpload& upload) = 0;
  // What stands for the download page where nothing is stored.
  virtual std::string test_link(ServiceId service) const = 0;
};

}  // namespace postroom::flows
