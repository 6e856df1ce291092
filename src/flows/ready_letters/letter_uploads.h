// Letters that a person uploads as PDF: looked at while they wait, sent on a second word.
#pragma once

#include <optional>
#include <string>

#include "flows/letter_check/letter_check.h"
#include "flows/ready_letters/letter_filing.h"
#include "flows/send/send_context.h"

namespace postroom::flows {

inline constexpr std::size_t kUploadBytesMax = 2 * 1024 * 1024;
// How long an uploaded file waits to be sent.
inline constexpr Duration kUploadsKept = std::chrono::hours{48};

struct UploadedLetter {
  NotificationId id;      // of the letter that it will be
  std::string signature;  // not empty: infected; nothing else is known then
  CheckedLetter checked;  // `sanitised` is empty: the file is kept here

  bool may_be_sent() const { return signature.empty() && checked.verdict.passed(); }
};

struct UploadSend {
  NotificationId id;                              // as check() gave it
  std::string file_name;                          // becomes the letter's reference
  std::optional<notifications::Postage> postage;  // at home: none means second class
  std::string created_by;
};

// Safe from several threads.
class LetterUploads {
 public:
  LetterUploads(SendContext& send, const ReadyLetterPorts& ports, const LetterCheck& check,
                FilingObserver observer = {})
      : send_(send),
        ports_(ports),
        check_(check),
        files_(ports.blobs, ports.calendar),
        observer_(std::move(observer)) {}

  // Scans, checks, and keeps what passed under `id` for kUploadsKept. Refusals: too large, or the scanner is away
  // or not set up; a file that is infected or breaks a rule is no refusal.
  Outcome<UploadedLetter> check(const accounts::Service& service, BytesView pdf, NotificationId id);
  // The letter that waits for the next run, once however often it is asked for. Refusals as for letters of the API;
  // bad_request when the file is gone.
  Outcome<notifications::Notification> send(const Sender& sender, const UploadSend& request);

 private:
  struct Kept;
  Outcome<void> scan(BytesView pdf, UploadedLetter& upload);
  Outcome<Kept> take(const accounts::Service& service, NotificationId id);
  Outcome<std::optional<notifications::Notification>> sent_already(const accounts::Service& service,
                                                                   NotificationId id);
  Outcome<notifications::Notification> accept(const Sender& sender, notifications::Notification letter,
                                              const Kept& kept);

  SendContext& send_;
  const ReadyLetterPorts& ports_;
  const LetterCheck& check_;
  LetterFiles files_;
  FilingObserver observer_;
};

// "service-{service}/{id}.pdf" and ".json".
std::string upload_key(ServiceId service, NotificationId id, std::string_view ending);

}  // namespace postroom::flows
