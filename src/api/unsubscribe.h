// What mail programs post to when a recipient presses their unsubscribe button (RFC 8058).
#pragma once

#include "flows/unsubscribe/unsubscribe_flow.h"
#include "http/router.h"

namespace postroom::api {

// POST /unsubscribe/{notification_id}/{token} stores the request, whatever the body says. GET of the same leads to
// the page with the button, since some mail programs open the address in a browser; it stores nothing. Both must
// outlive the router.
void add_unsubscribe(http::Router& router, flows::UnsubscribeFlow& flow, const flows::UnsubscribeLinks& links);

}  // namespace postroom::api
