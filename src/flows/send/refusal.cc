#include "flows/send/refusal.h"

#include "base/log.h"

namespace postroom::flows {

tl::unexpected<Refusal> refuse_for(const Error& error, std::string_view what) {
  log_error("send.failed", {{"what", what}, {"kind", to_string(error.kind)}, {"error", error.message}});
  if (error.kind == ErrorKind::retry_later) {
    return refuse(RefusalKind::unavailable, "The message was not accepted, try again in a few seconds");
  }
  return refuse(RefusalKind::internal, "The message was not accepted because of an internal server error");
}

}  // namespace postroom::flows
