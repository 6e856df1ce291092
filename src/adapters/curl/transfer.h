// One HTTP transfer of libcurl: checks, options, and what became of it. Shared by the clients of this folder.
#pragma once

#include "adapters/curl/curl_http_client.h"
#include "adapters/curl/handle_pool.h"

namespace postroom::curl {

// What the callbacks of one transfer write to.
struct Transfer {
  ports::HttpResponse response;
  std::size_t body_bytes_max = 0;
  std::size_t header_bytes = 0;
  bool too_large = false;
  std::string_view refused_as;  // what kind of address it led to, when customers' URLs must not go there
  bool guards_address = false;
  ports::HttpProgress* progress = nullptr;  // null: not asked for
  StringList headers, resolve;
};

// invalid_input for what cannot be sent; forbidden for what a customer's URL (`is_guarded`) must not have.
Result<void> check(const ports::HttpRequest& request, bool is_guarded);
// Sets all options of a fresh handle. Request and transfer must outlive the transfer.
void prepare(CURL* handle, const CurlOptions& options, const ports::HttpRequest& request, Transfer& transfer);
// Of a transfer that is over; the answer moves out of it.
Result<ports::HttpResponse> outcome_of(CURL* handle, CURLcode code, const ports::HttpRequest& request,
                                       Transfer& transfer);

}  // namespace postroom::curl
