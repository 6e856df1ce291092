#include "adapters/curl/curl_http_client.h"

#include "adapters/curl/handle_pool.h"
#include "adapters/curl/transfer.h"

namespace postroom::curl {

struct CurlHttpClient::Impl {
  explicit Impl(CurlOptions given) : options(std::move(given)), pool(options.idle_handles_max) {}
  const CurlOptions options;
  HandlePool pool;
};

CurlHttpClient::CurlHttpClient(CurlOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
CurlHttpClient::~CurlHttpClient() = default;

Result<ports::HttpResponse> CurlHttpClient::send(const ports::HttpRequest& request) {
  const CurlOptions& options = impl_->options;
  POSTROOM_CHECK(check(request, !options.allow_private_addresses));
  Handle owned = impl_->pool.take();
  if (!owned) return fail(ErrorKind::internal, "no memory for an HTTP transfer");
  Transfer transfer;
  prepare(owned.get(), options, request, transfer);
  const CURLcode code = curl_easy_perform(owned.get());
  auto outcome = outcome_of(owned.get(), code, request, transfer);
  impl_->pool.give_back(std::move(owned));
  return outcome;
}

Result<ports::HttpResponse> send_over_unix_socket(const std::string& socket_path,
                                                  const ports::HttpRequest& request) {
  CurlHttpClient client({.unix_socket_path = socket_path, .idle_handles_max = 1});
  return client.send(request);
}

}  // namespace postroom::curl
