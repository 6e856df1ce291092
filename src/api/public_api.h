// Version 2 of the public API as routes on a Router.
#pragma once

#include <memory>

#include "api/running_keys.h"
#include "auth/authenticator.h"
#include "core/notifications/wire.h"
#include "flows/bulk/bulk_flow.h"
#include "flows/print_run/letter_files.h"
#include "flows/send/cancel_letter.h"
#include "flows/send/send_context.h"
#include "flows/unsubscribe/unsubscribe_flow.h"
#include "http/message.h"
#include "http/router.h"
#include "ports/inbound_store.h"

namespace postroom::api {

// Where a sheet of recipients goes: its body may be larger than others.
inline constexpr std::string_view kBulkPath = "/v2/notifications/bulk";

// What the operations need. Everything must outlive it; safe from several threads.
struct PublicApi {
  auth::Authenticator& authenticator;
  flows::SendContext& send;
  const flows::LetterFiles& letter_files;
  notifications::WireContext wire;
  // Both or neither; without them sheets of recipients have no address here.
  flows::BulkFlow* bulk = nullptr;
  flows::LetterCancelling* letter_cancelling = nullptr;
  ports::JobStore* jobs = nullptr;
  // Both or neither; without them nobody can unsubscribe here.
  flows::UnsubscribeFlow* unsubscribe = nullptr;
  const flows::UnsubscribeLinks* unsubscribe_links = nullptr;
  std::unique_ptr<RunningKeys> running = std::make_unique<RunningKeys>();
  // Without it nobody has received a text.
  ports::InboundStore* inbound = nullptr;
};

// Adds all operations, and the answers for unknown paths and wrong methods. `api` must outlive the router.
void add_public_api(http::Router& router, PublicApi& api);

// Headers that every answer of the API has; for the server's fixed_headers.
http::HeaderList public_api_headers();

// The answer to what the server itself refuses (413 and the like), in the API's words; for make_refusal.
http::Response public_api_refusal(int status, const http::Request& request);

}  // namespace postroom::api
