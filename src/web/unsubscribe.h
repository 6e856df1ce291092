// The pages on which recipients stop getting emails: a question with one button, and that it is done. No sign-in,
// no script, and nothing happens before the button is pressed, since mail scanners open every link.
#pragma once

#include <string>

#include "flows/unsubscribe/unsubscribe_flow.h"
#include "http/router.h"

namespace postroom::web {

// Routes: GET and POST /unsubscribe/{notification_id}/{token}, GET /unsubscribe/done. They need add_page_style().
// A post that says List-Unsubscribe=One-Click (RFC 8058) is answered without a page. `flow` must outlive the
// router.
void add_unsubscribe(http::Router& router, flows::UnsubscribeFlow& flow);

// "a…@example.org": enough for its owner to know it, too little for others.
std::string masked_address(std::string_view address);

}  // namespace postroom::web
