#include <algorithm>

#include "api/receipts/answers.h"
#include "base/log.h"

namespace postroom::api::receiving {
namespace {

// SNS sends no more than 256 KiB of text, which escapes may double, and a few fields.
constexpr std::size_t kSnsBytesMax = 1024 * 1024;

}  // namespace

// Anybody can have SNS sign a message on a topic of their own, so topic and signature both count. The topic is
// looked at first: strangers are not worth a fetch of a certificate.
http::Response ses_report(ReceiptsApi& api, const http::Request& request) {
  if (api.ses_topics.empty()) return refusal(403, "No topic is configured: set receipts.ses_topics");
  if (request.body.size() > kSnsBytesMax) return refusal(413, "The message is larger than those of Amazon SNS");
  auto message = receipts::parse_sns_message(request.body);
  if (!message) return refusal(400, message.error().message);
  if (std::find(api.ses_topics.begin(), api.ses_topics.end(), message->topic) == api.ses_topics.end()) {
    log_warning("ses.foreign_topic");
    return refusal(403, "The topic is not one of receipts.ses_topics");
  }
  if (auto proved = api.sns.check(*message); !proved) {
    if (proved.error().kind == ErrorKind::forbidden) {
      log_warning("ses.not_verified", {{"error", proved.error().message}});
      return refusal(403, proved.error().message);
    }
    return unavailable(proved.error());
  }
  if (auto kept = api.email.take(*message); !kept) return unavailable(kept.error());
  return success();
}

}  // namespace postroom::api::receiving
