// Feeds arbitrary bytes to what reads the reports of mail servers, and to what signs emails. Nothing that came in
// may get out as a second header line, and a report's detail stays a few codes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/email/bounce.h"
#include "core/email/dkim.h"
#include "core/email/mime_reader.h"
#include "core/email/return_path.h"

namespace {

using namespace postroom;

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto report = email::read_bounce(text, text.substr(0, 100))) {
    must(report->detail.size() <= 100 && report->detail.find_first_of("@\r\n") == std::string::npos);
    must(report->kind != email::BounceReport::Kind::complaint || !report->complaint_type.empty());
  }
  const email::MimeMessage message = email::read_mime(text);
  must(message.parts.size() <= email::kMimePartsMax);
  for (const email::MimePart& part : message.parts) must(part.body.size() <= size);
  email::parse_email_date(text);
  if (auto id = email::notification_in(text)) must(!email::return_path("b@mail.example", *id).empty());
  const std::string body = email::relaxed_body(text);
  must(body.empty() || body.ends_with("\r\n"));
  must(email::relaxed_body(body) == body);
  if (auto read = email::DkimMessage::read(text)) {
    const auto draft = read->draft({"mail.example", "s"}, UtcTime{});
    must(draft.header.size() < 64 * 1024 * 1024);
  }
  return 0;
}
