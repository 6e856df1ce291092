// Version 2 of the public API as routes on a Router.
#pragma once

#include "auth/authenticator.h"
#include "core/notifications/wire.h"
#include "flows/print_run/letter_files.h"
#include "flows/send/send_context.h"
#include "http/message.h"
#include "http/router.h"

namespace postroom::api {

// What the operations need. Everything must outlive it; safe from several threads.
struct PublicApi {
  auth::Authenticator& authenticator;
  flows::SendContext& send;
  const flows::LetterFiles& letter_files;
  notifications::WireContext wire;
};

// Adds all operations, and the answers for unknown paths and wrong methods. `api` must outlive the router.
void add_public_api(http::Router& router, PublicApi& api);

// Headers that every answer of the API has; for the server's fixed_headers.
http::HeaderList public_api_headers();

// The answer to what the server itself refuses (413 and the like), in the API's words; for make_refusal.
http::Response public_api_refusal(int status, const http::Request& request);

}  // namespace postroom::api
